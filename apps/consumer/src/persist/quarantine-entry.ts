import type { IHeaders, KafkaMessage } from 'kafkajs';
import { isUtf8 } from 'node:buffer';

/** What the columns of an entry cannot hold of its record. */
export interface Original {
  /** Kafka's time, in ms since the epoch, where `recorded_at` had to be another. */
  timestamp?: string;
  /** Every header, name and value in base64, where one of them is no text, has no value or stands several times. */
  headers?: [name: string, value: string | null][];
  /** Why PostgreSQL refused the entry with the record's key, value and headers. */
  refused?: string;
}

/** The years of RFC 3339, which PostgreSQL, JavaScript, Python and JSON all can hold. Kafka takes any 64 bits. */
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** The time of a record, or the nearest that can be stored. */
export function recordedAt(timestamp: string): Date {
  const milliseconds = Number(timestamp);
  return new Date(Number.isNaN(milliseconds) ? 0 : Math.min(Math.max(milliseconds, EARLIEST), LATEST));
}

/** Kafka headers as text; of a header that stands several times the last. What jsonb cannot hold becomes U+FFFD. */
export function readableHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    pairsOf(headers).map(([name, value]) => [readable(name), readable(value?.toString() ?? '')]),
  );
}

/** @returns null where the columns hold all of the record */
export function originalOf({ timestamp, headers = {} }: Pick<KafkaMessage, 'timestamp' | 'headers'>): Original | null {
  const original: Original = {};
  if (String(recordedAt(timestamp).getTime()) !== timestamp) original.timestamp = timestamp;
  const pairs = pairsOf(headers);
  if (pairs.length > Object.keys(headers).length || !pairs.every(isReadable)) {
    original.headers = pairs.map(([name, value]) => [
      Buffer.from(name).toString('base64'),
      value?.toString('base64') ?? null,
    ]);
  }
  return Object.keys(original).length === 0 ? null : original;
}

type Pair = readonly [name: string, value: Buffer | null];

/**
 * kafkajs gives a header that stands several times as an array. To one named like a method of all objects, such as
 * toString, it adds that method.
 */
function pairsOf(headers: IHeaders): Pair[] {
  return Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().flatMap((value): Pair[] => {
      if (value === null || value === undefined) return [[name, null]];
      return Buffer.isBuffer(value) ? [[name, value]] : [];
    }),
  );
}

function isReadable([name, value]: Pair): boolean {
  return value !== null && isUtf8(value) && !value.includes(0) && readable(name) === name;
}

function readable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

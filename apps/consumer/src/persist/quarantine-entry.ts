import type { IHeaders, KafkaMessage } from 'kafkajs';
import { isUtf8 } from 'node:buffer';

/** Parts of a record that the columns of its entry cannot hold. */
export interface Original {
  /** Kafka's timestamp, in ms since the epoch, if `recorded_at` differs. */
  timestamp?: string;
  /** All headers, names and values in base64, if one of them is not text, has no value or is repeated. */
  headers?: [name: string, value: string | null][];
  /** Why PostgreSQL refused the entry with the record's key, value and headers. */
  refused?: string;
}

/** The years of RFC 3339, which PostgreSQL, JavaScript and Python can all represent. Kafka accepts any 64-bit number. */
const EARLIEST = Date.parse('0001-01-01T00:00:00.000Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** The time of a record, or the nearest time that can be stored. */
export function recordedAt(timestamp: string): Date {
  const milliseconds = Number(timestamp);
  return new Date(Number.isNaN(milliseconds) ? 0 : Math.min(Math.max(milliseconds, EARLIEST), LATEST));
}

/** Kafka headers as text. The last of repeated headers wins; characters that jsonb cannot hold become U+FFFD. */
export function readableHeaders(headers: IHeaders = {}): Record<string, string> {
  return Object.fromEntries(
    pairsOf(headers).map(([name, value]) => [readable(name), readable(value?.toString() ?? '')]),
  );
}

/** @returns null if the columns hold the whole record */
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
 * kafkajs returns a repeated header as an array. If the header is named like a method, such as toString, the array also holds
 * that method.
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

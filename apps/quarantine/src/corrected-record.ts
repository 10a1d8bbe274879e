import type { IHeaders } from 'kafkajs';
import { clean, type Cleaned } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { readFields } from '#schema/record-fields.js';
import { REDRIVE_HEADERS } from '#schema/quarantine-attempts.js';
import type { Entry } from './entries.js';

/** Texts of columns to set; null removes a value. */
export type Change = Readonly<Record<string, string | null>>;

/** A copy of a quarantined record as it goes to the topic, and what today's contract makes of it. */
export interface CorrectedRecord {
  readonly key: Buffer | null;
  readonly value: Buffer;
  readonly headers: IHeaders;
  readonly cleaned: Cleaned;
}

const ID = positionOf('id');
const OURS: readonly string[] = Object.values(REDRIVE_HEADERS);

/**
 * @param change null sends the record as it came
 * @returns undefined if the entry has no bytes, because the database or the consumer could not read them
 */
export function correctedRecord(entry: Entry, change: Change | null): CorrectedRecord | undefined {
  if (entry.value === null) return undefined;
  const headers = headersOf(entry);
  if (change === null) {
    const cleaned = clean(entry.value, contract.record.unparsableHeader in headers);
    return { key: entry.key, value: entry.value, headers, cleaned };
  }
  const value = Buffer.from(JSON.stringify({ ...fieldsOf(entry), ...change }));
  const cleaned = clean(value);
  delete headers[contract.record.unparsableHeader];
  return { key: cleaned.kind === 'row' ? Buffer.from(cleaned.values[ID]!) : entry.key, value, headers, cleaned };
}

/** The record's fields by column. A line that is not CSV, and a value that is no JSON object, have none. */
export function fieldsOf({ value, headers }: Pick<Entry, 'value' | 'headers'>): Record<string, unknown> {
  if (value === null || contract.record.unparsableHeader in headers) return {};
  const read = readFields(value);
  if (typeof read === 'string') return {};
  return Object.fromEntries(
    COLUMN_NAMES.flatMap((name, i) => (read.fields[i] === undefined ? [] : [[name, read.fields[i]]])),
  );
}

/** The headers as they came, without those of an earlier attempt. */
function headersOf({ headers, original }: Entry): IHeaders {
  const pairs: [string, Buffer | null][] = original?.headers
    ? original.headers.map(([name, value]) => [
        Buffer.from(name, 'base64').toString(),
        value === null ? null : Buffer.from(value, 'base64'),
      ])
    : Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)]);
  const all: Record<string, Buffer[]> = Object.create(null) as Record<string, Buffer[]>;
  for (const [name, value] of pairs) if (!OURS.includes(name)) (all[name] ??= []).push(value ?? Buffer.alloc(0));
  return { ...all };
}

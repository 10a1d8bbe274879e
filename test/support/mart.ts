import { createHash } from 'node:crypto';
import { to as copyTo } from 'pg-copy-streams';
import { COLUMN_NAMES, type Reason } from '#schema/contract.js';
import { query, withClient } from './mart-database.js';

/**
 * Rows of `messages` by id, each as one line in COPY's text format: the canonical texts of all columns in the contract's
 * order, separated by tabs, `\N` for null. One string per row, so that hundreds of thousands of rows fit into memory.
 */
export type Mart = ReadonlyMap<string, string>;

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
};

/** Formats a row as in a Mart. */
export function martLine(values: readonly (string | null)[]): string {
  return values.map((value) => value?.replace(/[\\\b\t\n\v\f\r]/g, (c) => ESCAPES[c]!) ?? '\\N').join('\t');
}

/** All rows of `messages`. */
export async function readMart(url: string): Promise<Mart> {
  const lines = await readTable(url, 'messages', COLUMN_NAMES);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('\t')), line]));
}

/** All rows of a table, formatted as in a Mart, in no particular order. */
export function readTable(url: string, table: string, columns: readonly string[]): Promise<string[]> {
  return withClient(url, async (client) => {
    const chunks: Buffer[] = [];
    for await (const chunk of client.query(copyTo(`COPY ${table} (${columns.join(', ')}) TO STDOUT`))) {
      chunks.push(chunk as Buffer);
    }
    const lines = Buffer.concat(chunks).toString().split('\n').slice(0, -1);
    // In a UTC session PostgreSQL writes times as the contract does, followed by +00.
    return lines.map((line) => line.replace(/(\d\d:\d\d:\d\d(?:\.\d+)?)\+00(?=\t|$)/g, '$1'));
  });
}

const SHOWN = 20;

/** Readable differences: rows that are missing, unexpected or different; empty if there are none. */
export function martDifferences(actual: Mart, expected: Mart): readonly string[] {
  const differences: string[] = [];
  for (const [id, line] of expected) {
    const found = actual.get(id);
    if (found === undefined) differences.push(`${id} is missing`);
    else if (found !== line) differences.push(`${id}: ${columnDifferences(found, line)}`);
  }
  for (const id of actual.keys()) if (!expected.has(id)) differences.push(`${id} should not be there`);
  return shown(differences);
}

function shown(differences: readonly string[]): readonly string[] {
  return differences.length > SHOWN ? [...differences.slice(0, SHOWN), `${differences.length} in all`] : differences;
}

function columnDifferences(actual: string, expected: string): string {
  const found = actual.split('\t');
  return expected
    .split('\t')
    .map((value, i) => (value === found[i] ? '' : `${COLUMN_NAMES[i]} is ${found[i]}, not ${value}; `))
    .join('');
}

export interface QuarantinedRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Timestamp of the Kafka record, in ms. */
  readonly recordedAt: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly reasons: readonly Reason[];
}

/** All quarantined records, ordered by partition and offset. */
export function readQuarantine(url: string): Promise<QuarantinedRecord[]> {
  return query<QuarantinedRecord>(
    url,
    `SELECT topic, partition, "offset"::text, (extract(epoch FROM recorded_at) * 1000)::float8 AS "recordedAt",
            key, value, headers, reasons
     FROM quarantined_messages ORDER BY topic, partition, quarantined_messages."offset", recorded_at`,
  );
}

/** `line 12: <hash>` for a line that the producer could not parse, else `<hash>`. The oracle uses the same identity. */
export function identityOf(value: Buffer, line?: number | string): string {
  const hash = createHash('sha256').update(value).digest('hex');
  return line === undefined ? hash : `line ${line}: ${hash}`;
}

export function reasonsText(reasons: readonly Reason[]): string {
  return reasons.map(({ column, reason }) => `${column ?? 'record'} ${reason}`).join(', ');
}

/** Like martDifferences, for the quarantine. A record that was produced twice is quarantined once. */
export function quarantineDifferences(
  records: readonly QuarantinedRecord[],
  expected: ReadonlyMap<string, string>,
): readonly string[] {
  const identity = ({ value, headers }: QuarantinedRecord) => identityOf(value ?? Buffer.alloc(0), headers['csv-line']);
  const actual = new Map(records.map((record) => [identity(record), reasonsText(record.reasons)]));
  const wrong = [...expected].filter(([identity, reasons]) => actual.get(identity) !== reasons);
  const extra = [...actual].filter(([identity]) => !expected.has(identity));
  // A backfill quarantines under its own topic.
  const repeated = records.length - new Set(records.map((record) => record.topic + identity(record))).size;
  return shown([
    ...(repeated > 0 ? [`${repeated} records are quarantined twice`] : []),
    ...wrong.map(([identity, reasons]) => `${identity}: ${actual.get(identity) ?? 'missing'} instead of ${reasons}`),
    ...extra.map(([identity, reasons]) => `${identity} should not be there (${reasons})`),
  ]);
}

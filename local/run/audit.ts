import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { clean, positionOf } from '#schema/cleaner.js';
import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { UnparsableLine, type CsvRecord } from '#platform/csv/csv-record.js';
import { RowEncoder } from '#platform/csv/row-encoder.js';

/** Where the rows of a file ended up. Everything is accounted for when `missing` is 0. */
export interface Audit {
  readonly rows: number;
  /** The mart holds this id in this version or a newer one. */
  readonly inMart: number;
  readonly inQuarantine: number;
  readonly missing: number;
  /** Line numbers of the first missing rows. */
  readonly missingLines: readonly number[];
}

const ID = positionOf('id');
const VERSION = positionOf(contract.versionColumn);
const REPORTED = 10;

const COUNT_ABSENT = `
  SELECT f.line FROM unnest($1::bigint[], $2::timestamptz[], $3::integer[]) AS f (id, version, line)
  WHERE NOT EXISTS (SELECT FROM ${contract.table} m WHERE m.id = f.id AND m.${contract.versionColumn} >= f.version)
  ORDER BY f.line`;

/**
 * Reads a file again and looks up every row of it in the mart or in quarantine: the proof that nothing was lost, which
 * trusts no counter.
 *
 * @param client its session must run in UTC
 */
export async function audit(client: Client, path: string, onProgress?: (rows: number) => void): Promise<Audit> {
  const quarantined = await quarantinedValues(client);
  const reader = await CsvReader.open(path, { columns: COLUMN_NAMES });
  const encoder = new RowEncoder(reader.header, COLUMN_NAMES, contract.primaryKey[0]);
  let rows = 0;
  let inMart = 0;
  let inQuarantine = 0;
  const missingLines: number[] = [];
  let missing = 0;

  for await (const records of reader.batches()) {
    const ids: string[] = [];
    const versions: string[] = [];
    const lines: number[] = [];
    for (const record of records) {
      rows++;
      const value = valueOf(record, encoder);
      const cleaned = clean(value, record instanceof UnparsableLine);
      if (cleaned.kind === 'row') {
        ids.push(cleaned.values[ID]!);
        versions.push(cleaned.values[VERSION]!);
        lines.push(record.line);
      } else if (quarantined.has(digest(value))) {
        inQuarantine++;
      } else {
        missing++;
        missingLines.push(record.line);
      }
    }
    const absent = (await client.query<{ line: number }>(COUNT_ABSENT, [ids, versions, lines])).rows;
    inMart += ids.length - absent.length;
    missing += absent.length;
    missingLines.push(...absent.map(({ line }) => line));
    missingLines.splice(REPORTED);
    onProgress?.(rows);
  }
  return { rows, inMart, inQuarantine, missing, missingLines };
}

/** The Kafka value that the producer makes of a record. */
function valueOf(record: CsvRecord, encoder: RowEncoder): Buffer {
  if (record instanceof UnparsableLine) return record.raw;
  encoder.encode(record);
  return encoder.value.subarray(0, encoder.valueLength);
}

async function quarantinedValues(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ digest: string }>(
    `SELECT DISTINCT md5(value) AS digest FROM quarantined_messages WHERE value IS NOT NULL`,
  );
  return new Set(rows.map((row) => row.digest));
}

function digest(value: Buffer): string {
  return createHash('md5').update(value).digest('hex');
}

import { createHash } from 'node:crypto';
import type { Client } from 'pg';
import { clean } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { UnparsableLine, type CsvRecord } from '#platform/csv/csv-record.js';
import { RowEncoder } from '#platform/csv/row-encoder.js';

/** Where the rows of the files ended up. Nothing is lost if `missing` is 0. */
export interface Audit {
  readonly rows: number;
  /** The mart holds this id in this version or a newer one. */
  readonly inMart: number;
  readonly inQuarantine: number;
  /** Of erased clients, so the mart may not hold them. */
  readonly erased: number;
  readonly missing: number;
  /** The first missing rows, as file:line. */
  readonly firstMissing: readonly string[];
  /** Lines that repeat the header; not counted as rows. */
  readonly repeatedHeaders: number;
}

const ID = positionOf('id');
const VERSION = positionOf(contract.versionColumn);
const CLIENT = positionOf('client_id');
const REPORTED = 10;

/** Rows that the mart does not hold, and whether they belong to an erased client. */
const SELECT_ABSENT = `
  SELECT f.line, EXISTS (SELECT FROM erasure.blocked(ARRAY[f.client])) AS erased
  FROM unnest($1::bigint[], $2::timestamptz[], $3::bigint[], $4::integer[]) AS f (id, version, client, line)
  WHERE NOT EXISTS (SELECT FROM public.${contract.table} m WHERE m.id = f.id AND m.${contract.versionColumn} >= f.version)
  ORDER BY f.line`;

/** Rejected records that are not in quarantine, and whether they name an erased client. */
const SELECT_ERASED = `
  SELECT f.line, coalesce(erasure.is_blocked(f.value), false) AS erased FROM unnest($1::bytea[], $2::integer[]) AS f (value, line)`;

interface Absent {
  readonly line: number;
  readonly erased: boolean;
}

/**
 * Reads the files again and looks up every row in the mart or in quarantine: proof that nothing is lost, without trusting any
 * counter.
 *
 * @param client its session must run in UTC
 * @throws the signal's reason once it is aborted
 */
export async function audit(
  client: Client,
  files: readonly string[],
  signal: AbortSignal,
  onProgress?: (rows: number) => void,
): Promise<Audit> {
  const quarantined = await quarantinedDigests(client);
  const counts = { rows: 0, inMart: 0, inQuarantine: 0, erased: 0, missing: 0, repeatedHeaders: 0 };
  const firstMissing: string[] = [];
  for (const path of files) {
    const reader = await CsvReader.open(path, { columns: COLUMN_NAMES });
    const encoder = new RowEncoder(reader.header, COLUMN_NAMES, contract.primaryKey[0]);
    for await (const records of reader.batches()) {
      signal.throwIfAborted();
      const ids: string[] = [];
      const versions: string[] = [];
      const clients: string[] = [];
      const lines: number[] = [];
      const rejected: { values: Buffer[]; lines: number[] } = { values: [], lines: [] };
      for (const record of records) {
        counts.rows++;
        const value = valueOf(record, encoder);
        const cleaned = clean(value, record instanceof UnparsableLine);
        if (cleaned.kind === 'row') {
          ids.push(cleaned.values[ID]!);
          versions.push(cleaned.values[VERSION]!);
          clients.push(cleaned.values[CLIENT]!);
          lines.push(record.line);
        } else if (quarantined.has(digest(value))) {
          counts.inQuarantine++;
        } else {
          rejected.values.push(Buffer.from(value));
          rejected.lines.push(record.line);
        }
      }
      const absent = (await client.query<Absent>(SELECT_ABSENT, [ids, versions, clients, lines])).rows;
      counts.inMart += ids.length - absent.length;
      if (rejected.lines.length > 0) {
        absent.push(...(await client.query<Absent>(SELECT_ERASED, [rejected.values, rejected.lines])).rows);
      }
      const missing = absent.filter(({ erased }) => !erased);
      counts.erased += absent.length - missing.length;
      counts.missing += missing.length;
      firstMissing.push(...missing.map(({ line }) => `${path}:${line}`));
      firstMissing.splice(REPORTED);
      onProgress?.(counts.rows);
    }
    counts.repeatedHeaders += reader.repeatedHeaders;
  }
  return { ...counts, firstMissing };
}

/** The Kafka value that the producer sends for a record. */
function valueOf(record: CsvRecord, encoder: RowEncoder): Buffer {
  if (record instanceof UnparsableLine) return record.raw;
  encoder.encode(record);
  return encoder.value.subarray(0, encoder.valueLength);
}

/** Digests of all values in quarantine. Read once, because looking up single values would scan the table each time. */
async function quarantinedDigests(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ digest: string }>(
    `SELECT DISTINCT md5(value) AS digest FROM public.quarantined_messages WHERE value IS NOT NULL`,
  );
  return new Set(rows.map((row) => row.digest));
}

function digest(value: Buffer): string {
  return createHash('md5').update(value).digest('hex');
}

import type { DataSource } from 'typeorm';
import type { Reason } from '#schema/contract.js';
import type { QuarantineAttempt, QuarantineState } from '#schema/quarantine-attempts.js';
import type { Filter } from './config/quarantine-config.js';
import { EntryError } from './entry-error.js';

/** An entry of quarantine with its record. */
export interface Entry {
  /** record_hash in hex. */
  readonly entry: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly quarantined_at: Date;
  readonly state: QuarantineState;
  readonly failed_attempts: number;
  readonly reasons: readonly Reason[];
  readonly headers: Readonly<Record<string, string>>;
  readonly original: { readonly headers?: readonly [string, string | null][]; readonly refused?: string } | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

const COLUMNS = `encode(record_hash, 'hex') AS entry, topic, partition, "offset", quarantined_at, state, failed_attempts, reasons, headers,
  original, key, value`;

/** What runs the statements. */
export type Database = Pick<DataSource, 'query'>;

/** Number of entries in a state that have a reason. */
export interface ReasonCount extends Reason {
  readonly state: QuarantineState;
  /** bigint as text */
  readonly n: string;
}

/** A condition and its values. */
interface Condition {
  readonly sql: string;
  readonly values: unknown[];
}

function conditionOf(filter: Filter): Condition {
  const values: unknown[] = [];
  const value = (each: unknown) => `$${values.push(each)}`;
  const conditions = [
    ...(filter.entries.length > 0
      ? [
          filter.entries
            .map((entry) => {
              const [from, to] = [entry.padEnd(64, '0'), entry.padEnd(64, 'f')].map((hex) =>
                value(Buffer.from(hex, 'hex')),
              );
              return `record_hash BETWEEN ${from} AND ${to}`;
            })
            .join(' OR '),
        ]
      : []),
    ...(filter.states.length > 0 ? [`state = ANY (${value(filter.states)})`] : []),
    ...(filter.reason === undefined && filter.column === undefined
      ? []
      : [
          `reasons @> ${value(
            JSON.stringify([
              {
                ...(filter.reason !== undefined && { reason: filter.reason }),
                ...(filter.column !== undefined && { column: filter.column }),
              },
            ]),
          )}::jsonb`,
        ]),
    ...(filter.file === undefined ? [] : [`headers ->> 'csv-file' = ${value(filter.file)}`]),
    ...(filter.topic === undefined ? [] : [`topic = ${value(filter.topic)}`]),
    ...(filter.partition === undefined ? [] : [`partition = ${value(filter.partition)}`]),
    ...(filter.since === undefined ? [] : [`quarantined_at >= ${value(filter.since)}`]),
    ...(filter.until === undefined ? [] : [`quarantined_at < ${value(filter.until)}`]),
  ];
  return { sql: conditions.map((each) => `(${each})`).join(' AND ') || 'true', values };
}

/** The newest entries. */
export async function newestEntries(database: Database, filter: Filter, most: number): Promise<readonly Entry[]> {
  const { sql, values } = conditionOf(filter);
  const statement = `SELECT ${COLUMNS} FROM public.quarantined_messages WHERE ${sql} ORDER BY quarantined_at DESC, record_hash LIMIT ${most}`;
  return database.query<Entry[]>(statement, values);
}

/** Entries by state and reason; one with several reasons counts for each. */
export async function countByReason(database: Database, filter: Filter): Promise<readonly ReasonCount[]> {
  const { sql, values } = conditionOf(filter);
  return database.query<ReasonCount[]>(
    `SELECT state, each ->> 'reason' AS reason, each ->> 'column' AS column, count(*) AS n
     FROM public.quarantined_messages, jsonb_array_elements(reasons) AS each
     WHERE ${sql} GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3`,
    values,
  );
}

/** @throws EntryError unless exactly one entry has an id that starts like this */
export async function oneEntry(database: Database, filter: Filter): Promise<Entry> {
  const [entry, another] = await newestEntries(database, filter, 2);
  if (entry === undefined) throw new EntryError(`No entry has the id ${filter.entries[0]}.`);
  if (another !== undefined) throw new EntryError(`Several entries have ids that start with ${filter.entries[0]}.`);
  return entry;
}

/** Values that are in memory at once. A record may have megabytes. */
const PIECE_BYTES = 8_388_608;

/**
 * The entries that are open or parked, oldest first, a piece at a time. Entries that come later are not among them.
 *
 * @param again also those whose record was sent and not answered yet
 */
export async function* entriesToSend(
  database: Database,
  filter: Filter,
  pieceSize: number,
  again: boolean,
): AsyncGenerator<readonly Entry[]> {
  const { sql, values } = conditionOf(filter);
  const [{ now }] = await database.query<[{ now: string }]>('SELECT now()::text AS now');
  const unanswered = `EXISTS (
    SELECT FROM public.quarantine_attempts AS attempt
    WHERE attempt.record_hash = entry.record_hash AND attempt.result IS NULL)`;
  const at = values.length;
  const select = `
    SELECT ${COLUMNS}, quarantined_at::text AS at
    FROM public.quarantined_messages
    JOIN (
      SELECT record_hash, sum(octet_length(value)) OVER (ORDER BY quarantined_at, record_hash) - octet_length(value) AS bytes_before
      FROM (
        SELECT record_hash, quarantined_at, value FROM public.quarantined_messages AS entry
        WHERE ${sql} AND state IN ('open', 'parked') AND quarantined_at <= $${at + 3}
          AND (quarantined_at, record_hash) > ($${at + 1}::timestamptz, $${at + 2}::bytea) AND ($${at + 4} OR NOT ${unanswered})
        ORDER BY quarantined_at, record_hash LIMIT ${pieceSize}
      ) AS entry
    ) AS sized USING (record_hash)
    WHERE coalesce(bytes_before, 0) < ${PIECE_BYTES}
    ORDER BY quarantined_at, record_hash`;
  let after: [at: string, entry: Buffer] = ['-infinity', Buffer.alloc(0)];
  for (;;) {
    const rows = await database.query<(Entry & { at: string })[]>(select, [...values, ...after, now, again]);
    if (rows.length === 0) return;
    const last = rows.at(-1)!;
    after = [last.at, Buffer.from(last.entry, 'hex')];
    yield rows;
  }
}

/** What was done about an entry, oldest first. */
export async function attemptsOf(database: Database, entry: string): Promise<readonly QuarantineAttempt[]> {
  return database.query<QuarantineAttempt[]>(
    'SELECT * FROM public.quarantine_attempts WHERE record_hash = $1 ORDER BY begun_at',
    [Buffer.from(entry, 'hex')],
  );
}

/** @returns how many entries were discarded, or opened again */
export async function setState(
  database: Database,
  filter: Filter,
  state: 'open' | 'discarded',
  author: string,
  note: string | null,
): Promise<number> {
  const { sql, values } = conditionOf(filter);
  const at = values.length;
  const [{ n }] = await database.query<[{ n: string }]>(
    `SELECT quarantine.set_state(ARRAY(SELECT record_hash FROM public.quarantined_messages WHERE ${sql}), $${at + 1}, $${at + 2}, $${at + 3}) AS n`,
    [...values, state, author, note],
  );
  return Number(n);
}

import type { QueryRunner } from 'typeorm';
import { classifyDatabaseError } from '#platform/database/sql-state.js';
import { messageOf } from '#platform/errors/message-of.js';
import type { Reason, ReasonCode } from '#schema/contract.js';
import type { RejectedRecord } from '../clean/clean-batch.js';
import { bytesOf } from '../transport/kafka-batch.js';
import { originalOf, readableHeaders, recordedAt, type Original } from './quarantine-entry.js';

/** Number of records by reason; a record with several reasons counts once for each. */
export type QuarantinedByReason = ReadonlyMap<ReasonCode, number>;

/** What became of rejected records. */
export interface Quarantined {
  readonly byReason: QuarantinedByReason;
  /** Records of erased clients, which are not stored. */
  readonly erased: number;
}

/**
 * $1…$9: an array for each column. A record that is in quarantine already, even from another offset, stays as it is. Returns the
 * reasons of each new entry, and null for each record of an erased client.
 */
const INSERT_QUARANTINED = `
  WITH rejected AS (
    SELECT *, CASE WHEN (SELECT erasure.is_in_use()) THEN coalesce(erasure.is_blocked(value), false) ELSE false END AS is_erased
    FROM unnest($1::text[], $2::integer[], $3::bigint[], $4::timestamptz[], $5::bytea[], $6::bytea[], $7::jsonb[], $8::jsonb[], $9::jsonb[])
      AS record (topic, partition, "offset", recorded_at, key, value, headers, reasons, original)
  ), stored AS (
    INSERT INTO public.quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons, original)
    SELECT topic, partition, "offset", recorded_at, key, value, headers, reasons, original FROM rejected WHERE NOT is_erased
    ON CONFLICT DO NOTHING
    RETURNING reasons
  )
  SELECT reasons FROM stored UNION ALL SELECT NULL FROM rejected WHERE is_erased`;

/** Limits of one statement. Bytes are sent as text, which is twice as long. */
const MAX_ENTRIES = 1000;
const MAX_BYTES = 8_388_608;

/**
 * Stores rejected records with their original bytes, position and reasons.
 *
 * @param careful if the database refuses an entry, stores it without the record's bytes instead of throwing
 * @returns new entries by reason; a record sent again is not new
 */
export async function insertQuarantined(
  runner: QueryRunner,
  rejected: readonly RejectedRecord[],
  careful: boolean,
): Promise<Quarantined> {
  const byReason = new Map<ReasonCode, number>();
  let erased = 0;
  for (const piece of piecesOf(rejected)) {
    const stored = careful ? await insertEachHalf(runner, piece) : await insert(runner, piece.map(entryOf));
    for (const reasons of stored) {
      if (reasons === null) erased++;
      for (const reason of new Set(reasons?.map((each) => each.reason))) {
        byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
      }
    }
  }
  return { byReason, erased };
}

/** An entry's columns in the order of the statement's parameters. */
type Entry = readonly unknown[];

function entryOf({ source: { topic, partition, message }, reasons }: RejectedRecord): Entry {
  return [
    topic,
    partition,
    message.offset,
    recordedAt(message.timestamp).toISOString(),
    message.key,
    message.value,
    JSON.stringify(readableHeaders(message.headers)),
    JSON.stringify(reasons),
    jsonOf(originalOf(message)),
  ];
}

/** The entry of a record that the database refuses: position, time and reasons only. Kafka still has the bytes. */
function bareEntryOf({ source: { topic, partition, message }, reasons }: RejectedRecord, error: unknown): Entry {
  const { timestamp } = originalOf({ timestamp: message.timestamp }) ?? {};
  const original = { ...(timestamp && { timestamp }), refused: messageOf(error).replaceAll('\0', '') };
  const at = recordedAt(message.timestamp).toISOString();
  return [topic, partition, message.offset, at, null, null, '{}', JSON.stringify(reasons), jsonOf(original)];
}

function jsonOf(original: Original | null): string | null {
  return original && JSON.stringify(original);
}

/** @returns the reasons of each new entry; null for a record of an erased client */
async function insert(runner: QueryRunner, entries: readonly Entry[]): Promise<(Reason[] | null)[]> {
  const columns = entries[0]!.map((_, column) => entries.map((entry) => entry[column]));
  const stored = (await runner.query(INSERT_QUARANTINED, columns)) as { reasons: Reason[] | null }[];
  return stored.map(({ reasons }) => reasons);
}

/** Bisects the records until each one that the database refuses is found, so that it never blocks its batch. */
async function insertEachHalf(runner: QueryRunner, rejected: readonly RejectedRecord[]): Promise<(Reason[] | null)[]> {
  await runner.query('SAVEPOINT quarantine');
  try {
    const stored = await insert(runner, rejected.map(entryOf));
    await runner.query('RELEASE SAVEPOINT quarantine');
    return stored;
  } catch (error) {
    if (classifyDatabaseError(error) !== 'data') throw error;
    await runner.query('ROLLBACK TO SAVEPOINT quarantine');
    if (rejected.length === 1) return insert(runner, [bareEntryOf(rejected[0]!, error)]);
    const half = rejected.length >> 1;
    return [
      ...(await insertEachHalf(runner, rejected.slice(0, half))),
      ...(await insertEachHalf(runner, rejected.slice(half))),
    ];
  }
}

function* piecesOf(rejected: readonly RejectedRecord[]): Generator<readonly RejectedRecord[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, { source }] of rejected.entries()) {
    const size = bytesOf(source.message);
    if (at > from && (at - from >= MAX_ENTRIES || bytes + size > MAX_BYTES)) {
      yield rejected.slice(from, at);
      from = at;
      bytes = 0;
    }
    bytes += size;
  }
  if (from < rejected.length) yield rejected.slice(from);
}

import { Logger } from '@nestjs/common';
import { escapeLiteral } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { type DatabaseConnection } from '#platform/database/database-connection.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { sqlStateOf } from '#platform/database/sql-state.js';
import { destroy } from '#platform/database/with-connection.js';
import { messageOf } from '#platform/errors/message-of.js';
import type { WriteWatch } from '../persist/write-watch.js';
import type { LatencyCounts } from './delivery-latency.js';
import { DatabaseRestartedError } from './database-restarted-error.js';
import { DatabaseSetBackError } from './database-set-back-error.js';
import type { KnownPosition, SkippedRange } from './partition-start.js';
import { ServerChanges } from './server-changes.js';
import { StoredPositions, type StoredPosition } from './stored-positions.js';

export interface PartitionPosition extends KnownPosition {
  readonly partition: number;
  readonly latency?: LatencyCounts | undefined;
}

export interface SkippedInPartition extends SkippedRange {
  readonly partition: number;
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';

/** How often positions are compared while none is stored. */
const VERIFY_EVERY_MS = 10_000;

/** How long latencies are not stored after the mart turned out to lack their columns. */
const WITHOUT_LATENCY_MS = 60_000;

const SELECT_POSITIONS = `
  SELECT partition, topic_id, next_offset, end_offset FROM public.consumer_positions
  WHERE consumer_group = $1 AND topic = $2 AND partition = ANY ($3::integer[])`;

const upsertPositions = (next: string) => `
  INSERT INTO public.consumer_positions AS old (consumer_group, topic, topic_id, partition, next_offset, end_offset)
  SELECT $1, $2, topic_id, partition, next_offset, end_offset
  FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[]) AS new (topic_id, partition, next_offset, end_offset)
  ORDER BY topic_id, partition
  ON CONFLICT (consumer_group, topic, topic_id, partition) DO UPDATE
  SET next_offset = ${next}, end_offset = excluded.end_offset, written_at = now()`;

/** Stores positions, and returns those before: all parts of a statement see the same snapshot. */
const returningOld = (statement: string) => `
  WITH written AS (${statement})
  SELECT partition, topic_id, next_offset FROM public.consumer_positions
  WHERE consumer_group = $1 AND topic = $2 AND topic_id = ANY ($3::text[]) AND partition = ANY ($4::integer[])`;

/** Values that are stored already are stored again without harm: the counts are sums. A partition without latencies keeps its own. */
const ADVANCE_WITH_LATENCY = returningOld(`
  INSERT INTO public.consumer_positions AS old
    (consumer_group, topic, topic_id, partition, next_offset, end_offset, latency_since, latency_counts)
  SELECT $1, $2, topic_id, partition, next_offset, end_offset, latency_since, latency_counts::bigint[]
  FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::text[])
    AS new (topic_id, partition, next_offset, end_offset, latency_since, latency_counts)
  ORDER BY topic_id, partition
  ON CONFLICT (consumer_group, topic, topic_id, partition) DO UPDATE
  SET next_offset = greatest(old.next_offset, excluded.next_offset), end_offset = excluded.end_offset, written_at = now(),
      latency_since = coalesce(excluded.latency_since, old.latency_since),
      latency_counts = coalesce(excluded.latency_counts, old.latency_counts)`);

/** A consumer that has lost the partition must not move its successor's position back. */
const ADVANCE = returningOld(upsertPositions('greatest(old.next_offset, excluded.next_offset)'));
const SET = returningOld(upsertPositions('excluded.next_offset'));

const INSERT_SKIPPED = `
  INSERT INTO public.skipped_records AS old (consumer_group, topic, topic_id, partition, from_offset, to_offset, reason)
  SELECT $1, $2, topic_id, partition, from_offset, to_offset, reason
  FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::text[])
    AS new (topic_id, partition, from_offset, to_offset, reason)
  ON CONFLICT (consumer_group, topic, topic_id, partition, from_offset) DO UPDATE
  SET to_offset = greatest(old.to_offset, excluded.to_offset)`;

/** Marks ranges that are read after all, because somebody reset the offsets. */
const RESOLVE = `
  UPDATE public.skipped_records AS skipped SET resolved_at = now()
  FROM unnest($3::text[], $4::integer[], $5::bigint[]) AS start (topic_id, partition, next_offset)
  WHERE consumer_group = $1 AND topic = $2 AND skipped.topic_id = start.topic_id AND skipped.partition = start.partition
    AND from_offset >= next_offset AND resolved_at IS NULL`;

/** The tables consumer_positions (how far the mart is) and skipped_records. Waits for the database during an outage. */
export class MartPositions {
  private readonly logger = new Logger('Positions');
  private readonly stored: StoredPositions;
  private readonly serverChanges = new ServerChanges();
  private warned = false;
  /** When positions were compared last, in ms of `performance`. */
  private comparedAt = 0;
  /** Until then, in ms of `performance`, the mart is taken to lack the columns of latencies. */
  private withoutLatencyUntil = 0;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly dataSource: DataSource,
    private readonly watch: WriteWatch,
    private readonly group: string,
    private readonly topic: string,
  ) {
    this.stored = new StoredPositions(topic);
  }

  /** The position that this consumer stored last or read; undefined if there is none. `read` forgets it. */
  storedLast(topicId: string, partition: number): bigint | undefined {
    return this.stored.get({ topicId, partition });
  }

  /** @returns undefined if the mart has no table of positions @throws the signal's reason */
  async read(partitions: readonly number[], signal: AbortSignal): Promise<PartitionPosition[] | undefined> {
    const known = await this.untilDone(signal, undefined, async (runner) => {
      const rows = (await runner.query(SELECT_POSITIONS, [this.group, this.topic, partitions])) as (OldPosition & {
        end_offset: string;
      })[];
      return rows.map((row) => ({ ...positionOf(row), end: BigInt(row.end_offset) }));
    });
    this.comparedAt = performance.now();
    this.stored.clear();
    this.stored.set(known ?? []);
    return known;
  }

  /**
   * Stores positions, unless the database has lost one that was stored before.
   *
   * @param server start time of the server that has the records before the positions
   * @throws DatabaseSetBackError; DatabaseRestartedError; the signal's reason
   */
  async advance(positions: readonly PartitionPosition[], signal: AbortSignal, server?: string): Promise<void> {
    if (positions.length === 0) return;
    const isWritten = await this.untilDone(signal, false, async (runner, current) => {
      this.serverChanges.check(server, current);
      const isOld = performance.now() < this.withoutLatencyUntil;
      if (isOld) await this.write(runner, ADVANCE, positions);
      else await this.write(runner, ADVANCE_WITH_LATENCY, positions, latenciesOf(positions));
      return true;
    });
    if (!isWritten) return;
    this.comparedAt = performance.now();
    this.stored.raise(positions);
  }

  /**
   * Compares the positions in the mart, because a database may be set back while nothing is written. Does not wait for a database
   * that does not answer.
   *
   * @throws DatabaseSetBackError
   */
  async verify(): Promise<void> {
    if (performance.now() < this.comparedAt + VERIFY_EVERY_MS) return;
    const expected = this.stored.all();
    if (expected.length === 0) return;
    this.comparedAt = performance.now();
    const rows = await this.database
      .probe<OldPosition & { standby: boolean }>(selectAll(this.group, this.topic))
      .catch(() => undefined);
    // A standby may be behind without harm.
    if (rows === undefined || rows.some(({ standby }) => standby)) return;
    this.stored.compare(expected, rows.filter(({ partition }) => partition !== null).map(positionOf));
  }

  /**
   * Stores where reading continues and which records are skipped, in one transaction, unless the database has lost a position
   * that was stored before. Safe to repeat.
   *
   * @throws DatabaseSetBackError; the signal's reason
   */
  async startAt(
    positions: readonly PartitionPosition[],
    skipped: readonly SkippedInPartition[],
    signal: AbortSignal,
  ): Promise<void> {
    const key = [this.group, this.topic];
    const isWritten = await this.untilDone(signal, false, async (runner) => {
      if (skipped.length > 0) {
        await runner.query(INSERT_SKIPPED, [
          ...key,
          skipped.map(({ topicId }) => topicId),
          skipped.map(({ partition }) => partition),
          skipped.map(({ from }) => String(from)),
          skipped.map(({ to }) => String(to)),
          skipped.map(({ reason }) => reason),
        ]);
      }
      await this.write(runner, SET, positions);
      await runner.query(RESOLVE, [...key, ...columnsOf(positions).slice(0, 3)]);
      return true;
    });
    if (isWritten) this.stored.set(positions);
  }

  /** @throws DatabaseSetBackError if a position that was stored before, or its table, is lost */
  private async write(
    runner: QueryRunner,
    sql: string,
    positions: readonly PartitionPosition[],
    more: readonly unknown[] = [],
  ): Promise<void> {
    const expected = this.stored.of(positions);
    try {
      const rows = (await runner.query(sql, [
        ...[this.group, this.topic, ...columnsOf(positions)],
        ...more,
      ])) as OldPosition[];
      this.stored.compare(expected, rows.map(positionOf));
    } catch (error) {
      if (sqlStateOf(error) === UNDEFINED_TABLE) this.stored.compare(expected, []);
      throw error;
    }
  }

  /** Watched like writes of batches, because offsets are committed only after it. */
  private async untilDone<T>(
    signal: AbortSignal,
    orElse: T,
    work: (runner: QueryRunner, server: string) => Promise<T>,
  ): Promise<T> {
    await this.database.whenReady();
    return this.watch.untilWritten(
      'Positions not stored',
      (onBegin) => {
        const attempt = () =>
          inTransaction(this.dataSource, (runner, client, pid, server) => {
            onBegin(pid, () => destroy(client));
            return work(runner, server);
          });
        return attempt()
          .catch((error: unknown) => this.unlessOld(error, attempt))
          .catch((error: unknown) => this.unlessMissing(error, orElse));
      },
      {
        signal,
        isRetriable: (error) => !(error instanceof DatabaseSetBackError || error instanceof DatabaseRestartedError),
      },
    );
  }

  /** The columns of latencies are missing until mart-init has migrated the mart. */
  private unlessOld<T>(error: unknown, again: () => Promise<T>): Promise<T> {
    if (sqlStateOf(error) !== UNDEFINED_COLUMN || performance.now() < this.withoutLatencyUntil) throw error;
    if (this.withoutLatencyUntil === 0) {
      this.logger.warn(`${messageOf(error)}: latencies are not stored. Run mart-init`);
    }
    this.withoutLatencyUntil = performance.now() + WITHOUT_LATENCY_MS;
    return again();
  }

  /** The tables are missing until mart-init has migrated the mart. */
  private unlessMissing<T>(error: unknown, orElse: T): T {
    if (sqlStateOf(error) !== UNDEFINED_TABLE) throw error;
    if (!this.warned) this.logger.warn(`${messageOf(error)}: skipped records are not counted. Run mart-init`);
    this.warned = true;
    return orElse;
  }
}

/** A row of consumer_positions. */
interface OldPosition {
  readonly partition: number;
  readonly topic_id: string;
  readonly next_offset: string;
}

function positionOf({ partition, topic_id: topicId, next_offset: next }: OldPosition): StoredPosition {
  return { partition, topicId, next: BigInt(next) };
}

/** Has a row without a partition if there is no position. */
const selectAll = (group: string, topic: string) => `
  SELECT partition, topic_id, next_offset, standby
  FROM (SELECT pg_catalog.pg_is_in_recovery() AS standby) AS server
  LEFT JOIN public.consumer_positions ON consumer_group = ${escapeLiteral(group)} AND topic = ${escapeLiteral(topic)}`;

function columnsOf(positions: readonly PartitionPosition[]) {
  return [
    positions.map(({ topicId }) => topicId),
    positions.map(({ partition }) => partition),
    positions.map(({ next }) => String(next)),
    positions.map(({ end }) => String(end)),
  ];
}

function latenciesOf(positions: readonly PartitionPosition[]) {
  return [
    positions.map(({ latency }) => latency?.since ?? null),
    positions.map(({ latency }) => latency && `{${latency.counts.join(',')}}`),
  ];
}

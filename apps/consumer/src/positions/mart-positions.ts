import { Logger } from '@nestjs/common';
import type { DataSource, QueryRunner } from 'typeorm';
import { type DatabaseConnection } from '#platform/database/database-connection.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { sqlStateOf } from '#platform/database/sql-state.js';
import { destroy } from '#platform/database/with-connection.js';
import { messageOf } from '#platform/errors/message-of.js';
import type { WriteWatch } from '../persist/write-watch.js';
import type { LatencyCounts } from './delivery-latency.js';
import type { KnownPosition, SkippedRange } from './partition-start.js';

export interface PartitionPosition extends KnownPosition {
  readonly partition: number;
  readonly latency?: LatencyCounts | undefined;
}

export interface SkippedInPartition extends SkippedRange {
  readonly partition: number;
}

const UNDEFINED_TABLE = '42P01';
const UNDEFINED_COLUMN = '42703';

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

/** Values that are stored already are stored again without harm: the counts are sums. A partition without latencies keeps its own. */
const ADVANCE_WITH_LATENCY = `
  INSERT INTO public.consumer_positions AS old
    (consumer_group, topic, topic_id, partition, next_offset, end_offset, latency_since, latency_counts)
  SELECT $1, $2, topic_id, partition, next_offset, end_offset, latency_since, latency_counts::bigint[]
  FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::timestamptz[], $8::text[])
    AS new (topic_id, partition, next_offset, end_offset, latency_since, latency_counts)
  ORDER BY topic_id, partition
  ON CONFLICT (consumer_group, topic, topic_id, partition) DO UPDATE
  SET next_offset = greatest(old.next_offset, excluded.next_offset), end_offset = excluded.end_offset, written_at = now(),
      latency_since = coalesce(excluded.latency_since, old.latency_since),
      latency_counts = coalesce(excluded.latency_counts, old.latency_counts)`;

/** A consumer that has lost the partition must not move its successor's position back. */
const ADVANCE = upsertPositions('greatest(old.next_offset, excluded.next_offset)');
const SET = upsertPositions('excluded.next_offset');

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
  private warned = false;
  /** Until then, in ms of `performance`, the mart is taken to lack the columns of latencies. */
  private withoutLatencyUntil = 0;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly dataSource: DataSource,
    private readonly watch: WriteWatch,
    private readonly group: string,
    private readonly topic: string,
  ) {}

  /** @throws the signal's reason */
  read(partitions: readonly number[], signal: AbortSignal): Promise<PartitionPosition[]> {
    return this.untilDone(signal, [], async (runner) => {
      const rows = (await runner.query(SELECT_POSITIONS, [this.group, this.topic, partitions])) as {
        partition: number;
        topic_id: string;
        next_offset: string;
        end_offset: string;
      }[];
      return rows.map(({ partition, topic_id: topicId, next_offset: next, end_offset: end }) => ({
        ...{ partition, topicId, next: BigInt(next), end: BigInt(end) },
      }));
    });
  }

  /** @throws the signal's reason */
  advance(positions: readonly PartitionPosition[], signal: AbortSignal): Promise<void> {
    if (positions.length === 0) return Promise.resolve();
    return this.untilDone(signal, undefined, async (runner) => {
      const key = [this.group, this.topic];
      if (performance.now() < this.withoutLatencyUntil) await runner.query(ADVANCE, [...key, ...columnsOf(positions)]);
      else await runner.query(ADVANCE_WITH_LATENCY, [...key, ...columnsOf(positions), ...latenciesOf(positions)]);
    });
  }

  /**
   * Stores where reading continues and which records are skipped, in one transaction. Safe to repeat.
   *
   * @throws the signal's reason
   */
  startAt(
    positions: readonly PartitionPosition[],
    skipped: readonly SkippedInPartition[],
    signal: AbortSignal,
  ): Promise<void> {
    const key = [this.group, this.topic];
    return this.untilDone(signal, undefined, async (runner) => {
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
      await runner.query(SET, [...key, ...columnsOf(positions)]);
      await runner.query(RESOLVE, [...key, ...columnsOf(positions).slice(0, 3)]);
    });
  }

  /** Watched like writes of batches, because offsets are committed only after it. */
  private async untilDone<T>(signal: AbortSignal, orElse: T, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    await this.database.whenReady();
    return this.watch.untilWritten(
      'Positions not stored',
      (onBegin) => {
        const attempt = () =>
          inTransaction(this.dataSource, (runner, client, pid) => {
            onBegin(pid, () => destroy(client));
            return work(runner);
          });
        return attempt()
          .catch((error: unknown) => this.unlessOld(error, attempt))
          .catch((error: unknown) => this.unlessMissing(error, orElse));
      },
      { signal },
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

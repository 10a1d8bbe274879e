import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { SKIP_REASONS, type SkipReason } from '#schema/skipped-records.js';
import { isUnknownTopic, type AdminConnection } from '#platform/kafka/admin-connection.js';
import { topicIdOf } from '#platform/kafka/topic-ids.js';
import { abortableSleep, retryForever } from '#platform/retry/backoff.js';
import { commitMark, readCommitMark } from '#platform/kafka/commit-mark.js';
import type { DeliveryLatency } from './delivery-latency.js';
import type { MartPositions, PartitionPosition, SkippedInPartition } from './mart-positions.js';
import { startOfPartition, type PartitionStart, type RewindReason } from './partition-start.js';
import { TopicRecreatedError } from './topic-recreated-error.js';

export interface TopicPositionsOptions {
  readonly topic: string;
  readonly group: string;
  readonly connection: AdminConnection;
  readonly mart: MartPositions;
  readonly onSkip: (reason: SkipReason, records: number) => void;
  /** Called for each partition that is read again from an earlier offset. */
  readonly onRewind: (reason: RewindReason) => void;
  /** Stored with the positions. */
  readonly latency: DeliveryLatency;
}

export interface CommittedOffset {
  readonly partition: number;
  readonly offset: string;
}

/** The offsets at which a member of the group starts reading. */
export interface StartPositions {
  readonly topicId: string;
  readonly partitions: ReadonlyMap<number, PartitionProgress>;
  /** Offsets to commit, because reading does not start at the committed ones. */
  readonly commits: readonly CommittedOffset[];
}

/** How far a partition was read. */
interface PartitionProgress {
  /** Next offset to read. */
  next: bigint;
  /** End of the partition as last seen; may belong to a recreated topic that is not noticed yet. */
  end: bigint;
  /** End of the partition when the topic id was last confirmed. */
  confirmedEnd: bigint;
  /** Set when the record at `next` seems to be deleted, with the number of fetches that each broker had answered by then. */
  suspectedDeletion?: { readonly next: bigint; readonly fetches: ReadonlyMap<number, number> };
}

interface Committed {
  readonly offset: bigint;
  /** Topic id in the commit's metadata; undefined if another program committed. */
  readonly mark: string | undefined;
}

/** An offset that was read. */
interface Reached {
  readonly partition: number;
  readonly next: bigint;
}

interface Ends {
  readonly low: bigint;
  readonly high: bigint;
}

/** Just after a topic is created, a broker may still answer with old metadata. */
const CONFIRM_AFTER_MS = 300;

/** How often the end of a partition is read, if it lies before records that were read. */
const END_ATTEMPTS = 10;

/** The consumer waits this long before it recreates a deleted topic, so that an administrator can do it with other settings. */
const CREATE_AGAIN_AFTER_MS = 10_000;

/**
 * Positions of one member of the group in the topic. They belong to the topic's id, not to its name. Detects and counts records
 * that are skipped: after the topic was recreated, after records were deleted unread, or after somebody else moved the offsets.
 */
export class TopicPositions {
  private readonly logger = new Logger('Positions');
  private topicId = '';
  private partitions: ReadonlyMap<number, PartitionProgress> = new Map();
  private readonly fetches = new Map<number, number>();
  private hasWarnedOfMissingIds = false;

  constructor(private readonly options: TopicPositionsOptions) {}

  /** Decides where to start in the assigned partitions, and stores which records are skipped. Waits for Kafka and the mart. */
  async prepare(assigned: readonly number[], signal: AbortSignal): Promise<StartPositions> {
    const { topicId, committed } = await this.retry(signal, () => this.readKafka());
    const { mart } = this.options;
    const stored = new Map(assigned.map((partition) => [partition, mart.storedLast(topicId, partition)]));
    const read = await mart.read(assigned, signal);
    const known = read ?? [];
    // After the positions, which another member may have stored in between.
    const ends = await this.endsAfter(reachedBy(topicId, committed, known), signal);
    const positions: PartitionPosition[] = [];
    const skipped: SkippedInPartition[] = [];
    const commits: CommittedOffset[] = [];
    const rewinds: RewindReason[] = [];
    const partitions = new Map<number, PartitionProgress>();
    for (const partition of assigned) {
      const { low, high } = ends.get(partition) ?? { low: 0n, high: 0n };
      const { offset = -1n, mark } = committed.get(partition) ?? {};
      const knownHere = known.filter((each) => each.partition === partition);
      const start = startOfPartition({
        ...{ topicId, committed: offset, mark, low, high, stored: stored.get(partition) },
        known: read && knownHere,
      });
      partitions.set(partition, { next: start.offset, end: high, confirmedEnd: high });
      this.log(partition, start);
      skipped.push(...start.skipped.map((range) => ({ ...range, partition })));
      if (start.rewind !== undefined) rewinds.push(start.rewind);
      if (start.skipped.length > 0 || start.why !== undefined) {
        commits.push({ partition, offset: String(start.offset) });
      }
      positions.push({ partition, topicId, next: start.offset, end: high });
      // The unread records of a former topic are counted here, so its position moves to its end.
      for (const former of knownHere) {
        if (former.topicId !== topicId && former.end > former.next) positions.push({ ...former, next: former.end });
      }
    }
    const isRewound = known.some(({ partition, next }) => next > partitions.get(partition)!.next);
    if (skipped.length > 0 || commits.length > 0 || isRewound) {
      await mart.startAt(positions, skipped, signal);
      this.count(skipped);
      for (const reason of rewinds) this.options.onRewind(reason);
    }
    return { topicId, partitions, commits };
  }

  /** Starts from the result of `prepare`. */
  start({ topicId, partitions }: StartPositions): void {
    this.topicId = topicId;
    this.partitions = partitions;
    this.options.latency.reset();
  }

  /**
   * Called for every fetch before its records are gathered. If the wanted offset no longer exists, kafkajs continues at the start of
   * the log; the records between are stored as skipped before any later offset is committed.
   *
   * @throws TopicRecreatedError; DatabaseSetBackError; the signal's reason
   */
  async fetched(partition: number, offset: bigint, end: bigint, signal: AbortSignal): Promise<void> {
    const progress = this.partitions.get(partition);
    if (progress === undefined) return;
    if (end > progress.end) progress.end = end;
    if (offset === progress.next) return;
    const { low } = await this.retry(signal, async () => (await this.ends()).get(partition) ?? { low: 0n });
    if (await this.isGone()) throw new TopicRecreatedError(this.options.topic);
    if (offset < progress.next) {
      this.logger.warn(`Partition ${partition} ended before offset ${progress.next}: reading continues at ${offset}`);
      const lost = { topicId: this.topicId, from: progress.next, to: progress.end, reason: 'topic_recreated' } as const;
      // Without topic ids, this is the only sign of a recreated topic.
      const skipped = this.topicId === '' && lost.to > lost.from ? [{ ...lost, partition }] : [];
      await this.skipTo(partition, progress, offset, skipped, signal);
      if (skipped.length === 0) this.options.onRewind('log_truncated');
      progress.end = end;
    } else if (low > progress.next) {
      const to = low < offset ? low : offset;
      await this.skipDeleted(partition, progress, to, signal);
    }
    progress.next = offset;
  }

  /** All records before `next` were gathered. */
  readUpTo(partition: number, next: bigint): void {
    const progress = this.partitions.get(partition);
    if (progress !== undefined) progress.next = next;
  }

  /** A broker has answered a fetch. */
  answered(nodeId: number): void {
    this.fetches.set(nodeId, (this.fetches.get(nodeId) ?? 0) + 1);
  }

  /**
   * Stores the offsets as positions in the mart.
   *
   * @param server start time of the server that has the records before them
   * @returns metadata to commit with the offsets
   * @throws DatabaseSetBackError; DatabaseRestartedError; the signal's reason
   */
  async store(offsets: readonly CommittedOffset[], signal: AbortSignal, server?: string): Promise<string> {
    const { topicId } = this;
    const positions = offsets.map(({ partition, offset }) => {
      const next = BigInt(offset);
      const end = this.partitions.get(partition)?.end ?? next;
      return { partition, topicId, next, end: end > next ? end : next, latency: this.options.latency.of(partition) };
    });
    await this.options.mart.advance(positions, signal, server);
    return commitMark(topicId);
  }

  /**
   * Compares the positions with Kafka and the mart. Call it every two seconds.
   *
   * @returns offsets to commit for partitions that lost unread records
   * @throws TopicRecreatedError; DatabaseSetBackError
   */
  async check(signal: AbortSignal): Promise<readonly CommittedOffset[]> {
    const seen = new Map([...this.partitions].map(([partition, { end }]) => [partition, end]));
    if (await this.isGone()) throw new TopicRecreatedError(this.options.topic);
    await this.options.mart.verify();
    for (const [partition, progress] of this.partitions) {
      progress.confirmedEnd = seen.get(partition) ?? progress.confirmedEnd;
    }
    const ends = await this.options.connection.run(() => this.ends()).catch(() => new Map<number, Ends>());
    const commits: CommittedOffset[] = [];
    for (const [partition, progress] of this.partitions) {
      const { low, high } = ends.get(partition) ?? { low: 0n, high: 0n };
      if (high > progress.end) progress.end = high;
      const suspected = progress.suspectedDeletion;
      if (low <= progress.next) progress.suspectedDeletion = undefined;
      else if (suspected?.next !== progress.next) {
        progress.suspectedDeletion = { next: progress.next, fetches: new Map(this.fetches) };
        // Once each broker has answered two more fetches, no earlier response is still on its way.
      } else if ([...suspected.fetches].every(([node, before]) => this.fetches.get(node)! > before + 1)) {
        await this.skipDeleted(partition, progress, low, signal);
        commits.push({ partition, offset: String(low) });
      }
    }
    return commits;
  }

  /** Whether the topic was deleted or recreated. False if Kafka does not answer. */
  async isGone(): Promise<boolean> {
    if (this.partitions.size === 0) return false;
    if (!(await this.isOtherTopic())) return false;
    await sleep(CONFIRM_AFTER_MS);
    return this.isOtherTopic();
  }

  /** Stores how far a deleted topic was read, so that its unread records can be counted. */
  async leave(signal: AbortSignal): Promise<void> {
    const { topicId } = this;
    const positions = [...this.partitions].map(([partition, { next, confirmedEnd }]) => ({
      ...{ partition, topicId, next, end: confirmedEnd > next ? confirmedEnd : next },
    }));
    this.partitions = new Map();
    await this.options.mart.advance(positions, signal);
  }

  /** Gives an administrator time to recreate the topic. */
  async waitForTopic(signal: AbortSignal): Promise<void> {
    const until = Date.now() + CREATE_AGAIN_AFTER_MS;
    while (Date.now() < until && !signal.aborted && (await this.currentId().catch(() => undefined)) === undefined) {
      await sleep(CONFIRM_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  close(): Promise<void> {
    return this.options.connection.close();
  }

  private async isOtherTopic(): Promise<boolean> {
    try {
      const id = await this.currentId();
      return id === undefined || (id !== '' && this.topicId !== '' && id !== this.topicId);
    } catch {
      return false;
    }
  }

  /** Empty if the brokers have no topic ids; undefined if the topic does not exist. */
  private async currentId(): Promise<string | undefined> {
    try {
      return await this.options.connection.run((admin) => this.readId(admin));
    } catch (error) {
      if (isUnknownTopic(error)) return undefined;
      throw error;
    }
  }

  private async readId(admin: Parameters<Parameters<AdminConnection['run']>[0]>[0]): Promise<string> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [this.options.topic] });
    const id = topics[0] && topicIdOf(topics[0]);
    if (id === undefined && !this.hasWarnedOfMissingIds) {
      this.hasWarnedOfMissingIds = true;
      this.logger.warn('These brokers have no topic ids (Kafka before 2.8): a recreated topic may go unnoticed');
    }
    return id ?? '';
  }

  private readKafka() {
    const { connection, topic, group } = this.options;
    return connection.run(async (admin) => {
      const topicId = await this.readId(admin);
      const [offsets] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
      const committed = new Map(
        offsets?.partitions.map(({ partition, offset, metadata }) => [
          partition,
          { offset: BigInt(offset), mark: readCommitMark(metadata) },
        ]),
      );
      return { topicId, committed };
    });
  }

  /** The ends of all partitions. Just after its leader changed, a partition may seem to end before `reached`; that passes. */
  private async endsAfter(reached: readonly Reached[], signal: AbortSignal): Promise<Map<number, Ends>> {
    for (let attempt = 1; ; attempt++) {
      const ends = await this.retry(signal, () => this.ends());
      const isBehind = reached.some(({ partition, next }) => next > (ends.get(partition)?.high ?? 0n));
      if (!isBehind || attempt === END_ATTEMPTS) return ends;
      await abortableSleep(CONFIRM_AFTER_MS, signal);
    }
  }

  private ends(): Promise<Map<number, Ends>> {
    return this.options.connection.run(async (admin) => {
      const offsets = await admin.fetchTopicOffsets(this.options.topic);
      return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]));
    });
  }

  private retry<T>(signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    return retryForever(request, { signal, isRetriable: (error) => !isUnknownTopic(error) });
  }

  private async skipDeleted(
    partition: number,
    progress: PartitionProgress,
    to: bigint,
    signal: AbortSignal,
  ): Promise<void> {
    const range = { topicId: this.topicId, from: progress.next, to, reason: 'deleted', partition } as const;
    this.log(partition, { skipped: [range] });
    await this.skipTo(partition, progress, to, [range], signal);
  }

  private async skipTo(
    partition: number,
    progress: PartitionProgress,
    next: bigint,
    skipped: readonly SkippedInPartition[],
    signal: AbortSignal,
  ): Promise<void> {
    const position = { partition, topicId: this.topicId, next, end: progress.end > next ? progress.end : next };
    await this.options.mart.startAt([position], skipped, signal);
    this.count(skipped);
    progress.next = next;
    progress.suspectedDeletion = undefined;
  }

  private log(partition: number, { skipped, why, offset }: Partial<PartitionStart> & Pick<PartitionStart, 'skipped'>) {
    const { topic } = this.options;
    if (why !== undefined) this.logger.warn(`Partition ${partition} of ${topic} is read from offset ${offset}: ${why}`);
    for (const { from, to, reason } of skipped) {
      this.logger.error(
        `${to - from} records of ${topic} were never read: partition ${partition}, offsets ${from} to ${to - 1n}; ` +
          `${SKIP_REASONS[reason]}. They are listed in the table skipped_records; RecordsSkipped in docs/runbook.md says what to do`,
      );
    }
  }

  private count(skipped: readonly SkippedInPartition[]): void {
    for (const { reason, from, to } of skipped) this.options.onSkip(reason, Number(to - from));
  }
}

/** How far this topic was read, by the commits of consumers and by the positions in the mart. */
function reachedBy(
  topicId: string,
  committed: ReadonlyMap<number, Committed>,
  known: readonly PartitionPosition[],
): Reached[] {
  const commits = [...committed].filter(([, { mark }]) => mark === topicId);
  return [
    ...commits.map(([partition, { offset }]) => ({ partition, next: offset })),
    ...known.filter((each) => each.topicId === topicId),
  ];
}

import { KafkaContext, ServerKafka } from '@nestjs/microservices';
import type { Batch, Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WarningThrottle } from '#platform/logging/warning-throttle.js';
import { abortableSleep, backoffDelayMs } from '#platform/retry/backoff.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { BATCHES_IN_FLIGHT } from '../config/concurrency.js';
import { AnotherPipelineError } from '../pipeline/another-pipeline-error.js';
import { TopicRecreatedError } from '../positions/topic-recreated-error.js';
import type { CommittedOffset, TopicPositions } from '../positions/topic-positions.js';
import { BatchGatherer, offsetAfter, type BatchLimits } from './batch-gatherer.js';
import type { Chunk, GatheredBatch, KafkaBatch } from './kafka-batch.js';
import { KafkaLiveness } from './kafka-liveness.js';

export interface BatchKafkaOptions {
  readonly kafka: Kafka;
  readonly consumer: ConsumerConfig & { readonly sessionTimeout: number; readonly heartbeatInterval: number };
  /** Topic for each pattern of an `@EventPattern`. */
  readonly topics: Readonly<Record<string, string>>;
  readonly limits: BatchLimits;
  readonly positions: TopicPositions;
  /** Runs before each attempt to join the group, such as creating the topic. @throws AnotherPipelineError, which ends reading */
  readonly prepare: (signal: AbortSignal) => Promise<void>;
  /** Runs when nothing more is written. Must not reject. */
  readonly onClosed: () => Promise<void>;
  /** Replaces an error of kafkajs with one that says what to do. Must not reject. */
  readonly explain: (error: Error) => Promise<Error>;
  /** Called for every attempt to reconnect to Kafka. */
  readonly onRetry: () => void;
  /** Called with the duration of each commit, in seconds. */
  readonly onCommit: (seconds: number) => void;
}

/** How long a shutdown waits for batches being handled, and for Kafka to answer. The whole app has 10 s. */
const DRAIN_MS = 6000;
const LEAVE_MS = 2000;

/** How often positions are compared with Kafka. */
const CHECK_MS = 2000;

/** Errors of a commit during a rebalance. */
const REBALANCING = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

/**
 * Nest's Kafka transport for batches: passes batches, gathered across fetches and partitions, to `@EventPattern` handlers,
 * and commits their offsets when the handler says so. If a handler rejects or Kafka fails, it creates a new consumer after
 * a pause, which starts at the committed offsets. So each record is delivered at least once.
 *
 * It replaces the loop of ServerKafka, which always runs `eachMessage`, and the restarts of kafkajs, which happen only
 * after errors that kafkajs considers retriable.
 */
export class BatchKafkaServer extends ServerKafka {
  readonly liveness: KafkaLiveness;
  private readonly warnings = new WarningThrottle();
  private readonly closing = new AbortController();
  private readonly gatherer: BatchGatherer;
  private running: Promise<void> = Promise.resolve();
  /** Counts how often this consumer joined the group. Records read in an older generation are read again. */
  private generation = 0;
  /** Generation of the gathered records. */
  private gatheredGeneration = 0;
  private failures = 0;
  private draining = false;
  /** Aborted at the end of the generation. */
  private generationEnds = new AbortController();
  /** Resolves when all batches so far are committed or have failed. */
  private lastHandled: Promise<void> = Promise.resolve();
  private fail: (why: Error) => void = () => undefined;

  constructor(private readonly settings: BatchKafkaOptions) {
    super({});
    this.liveness = new KafkaLiveness(settings.consumer.sessionTimeout);
    this.gatherer = new BatchGatherer({
      limits: settings.limits,
      concurrency: BATCHES_IN_FLIGHT,
      dispatch: (batch) => this.handleBatch(batch),
    });
  }

  /** Returns at once: until Kafka is up, the app is alive but not ready. */
  override listen(callback: (error?: unknown) => void): Promise<void> {
    this.running = this.consumeForever();
    callback();
    return Promise.resolve();
  }

  /** Finishes and commits the batches being handled, then leaves the group. */
  override async close(): Promise<void> {
    // kafkajs keeps reading until it disconnects, so under load the gatherer would never be empty.
    this.draining = true;
    const drained = this.gatherer.drain();
    this.gatherer.clear();
    await Promise.race([drained, sleep(DRAIN_MS, undefined, { ref: false })]);
    this.closing.abort(new Error('the consumer is shutting down'));
    await Promise.race([this.running, sleep(LEAVE_MS, undefined, { ref: false })]);
    await this.settings.positions.close();
    await this.settings.onClosed();
  }

  private async consumeForever(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        await this.consumeUntilFailure();
      } catch (error) {
        if (signal.aborted) break;
        // The app ends with this error.
        if (error instanceof AnotherPipelineError) return this.liveness.lost(error.message);
        const delayMs = backoffDelayMs(this.failures++);
        this.liveness.lost((error as Error).message);
        this.settings.onRetry();
        const line = `Not consuming: ${(error as Error).message}; next attempt in ${Math.round(delayMs)} ms`;
        this.warnings.warn(this.logger, (error as Error).message, line);
        await abortableSleep(delayMs, signal).catch(() => undefined);
      }
    }
  }

  /** Returns when the transport is closed. @throws the error that stopped the consumer */
  private async consumeUntilFailure(): Promise<void> {
    await this.settings.prepare(this.closing.signal);
    const consumer = this.settings.kafka.consumer({
      ...this.settings.consumer,
      retry: { ...this.settings.consumer.retry, restartOnFailure: () => Promise.resolve(false) },
    });
    this.client = this.settings.kafka;
    this.consumer = consumer;
    const failed = new Promise<never>((_, reject) => (this.fail = reject));
    failed.catch(() => undefined);
    this.observe(consumer);
    const stopped = new Promise<void>((resolve) => this.closing.signal.addEventListener('abort', () => resolve()));
    try {
      await consumer.connect();
      await this.bindEvents(consumer);
      await Promise.race([failed, stopped, this.checkPositions(failed)]);
    } catch (error) {
      await this.leaveTopicIfGone(consumer);
      throw error;
    } finally {
      this.generation++;
      this.generationEnds.abort();
      this.gatherer.clear();
      await consumer.disconnect().catch(() => undefined);
    }
  }

  override async bindEvents(consumer: Consumer): Promise<void> {
    const patterns = [...this.getHandlers().keys()].map(String);
    await consumer.subscribe({ topics: patterns.map((pattern) => this.topicOf(pattern)), fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => this.gather(payload),
    });
  }

  private observe(consumer: Consumer): void {
    const { FETCH, HEARTBEAT, GROUP_JOIN, CRASH, START_BATCH_PROCESS } = consumer.events;
    const { positions } = this.settings;
    consumer.on(FETCH, ({ payload }) => {
      this.liveness.heard();
      positions.answered(payload.nodeId);
    });
    consumer.on(HEARTBEAT, () => this.liveness.heard());
    consumer.on(GROUP_JOIN, ({ payload }) => {
      this.generation++;
      this.liveness.heard();
      void this.startReading(consumer, Object.values(payload.memberAssignment).flat());
      this.logger.log(`Joined group ${payload.groupId} with ${JSON.stringify(payload.memberAssignment)}`);
    });
    // kafkajs skips a fetch without records (control records, aborted or compacted ones) without calling eachBatch.
    consumer.on(START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize > 0 || this.draining) return;
      this.gatherer.addEmpty(topic, partition, offsetAfter(lastOffset));
      positions.readUpTo(partition, BigInt(offsetAfter(lastOffset)));
    });
    consumer.on(CRASH, ({ payload }) => void this.settings.explain(payload.error).then((error) => this.fail(error)));
  }

  /** Pauses reading until the start positions are known; kafkajs alone would start at the committed offsets. */
  private async startReading(consumer: Consumer, partitions: number[]): Promise<void> {
    const { generation, topic } = this;
    const { positions } = this.settings;
    this.generationEnds.abort();
    this.generationEnds = new AbortController();
    try {
      consumer.pause([{ topic, partitions }]);
      if (await positions.isGone()) throw new TopicRecreatedError(topic);
      if (generation !== this.generation) return;
      // The gathered records will be read again.
      this.gatherer.clear();
      this.gatheredGeneration = generation;
      const signal = AbortSignal.any([this.generationEnds.signal, this.closing.signal]);
      const start = await positions.prepare(partitions, signal);
      if (generation !== this.generation) return;
      positions.start(start);
      for (const [partition, { next }] of start.partitions) {
        consumer.seek({ topic, partition, offset: String(next) });
      }
      this.commitLater(start.commits, generation);
      consumer.resume([{ topic, partitions }]);
    } catch (error) {
      if (generation === this.generation) this.fail(error as Error);
    }
  }

  /** @throws TopicRecreatedError; DatabaseSetBackError; the error that stopped the consumer */
  private async checkPositions(failed: Promise<never>): Promise<never> {
    for (;;) {
      await Promise.race([abortableSleep(CHECK_MS, this.closing.signal), failed]);
      const { generation } = this;
      this.commitLater(await this.settings.positions.check(this.closing.signal), generation);
    }
  }

  /** Records of a deleted topic cannot be read again, so the gathered ones are written first. */
  private async leaveTopicIfGone(consumer: Consumer): Promise<void> {
    const { positions } = this.settings;
    const { signal } = this.closing;
    if (signal.aborted || !(await positions.isGone())) return;
    this.generation++;
    this.logger.warn(new TopicRecreatedError(this.topic).message);
    try {
      consumer.pause([{ topic: this.topic }]);
    } catch {
      // The consumer has crashed and no longer reads.
    }
    this.gatherer.flush();
    await this.gatherer.drain();
    await positions.leave(signal).catch(() => undefined);
    await positions.waitForTopic(signal);
  }

  private async gather(payload: EachBatchPayload): Promise<void> {
    const { generation } = this;
    const { batch } = payload;
    if (payload.isStale() || !(await this.followsOn(batch))) return;
    const { positions } = this.settings;
    const next = offsetAfter(batch.lastOffset());
    let taken = 0;
    while (taken < batch.messages.length) {
      if (generation !== this.generation || !payload.isRunning()) return;
      if (this.gatherer.hasRoom && !this.draining) {
        taken = this.gatherer.add(batch.topic, batch.partition, batch.messages, taken, next);
        positions.readUpTo(batch.partition, BigInt(batch.messages[taken]?.offset ?? next));
      } else {
        await this.gatherer.nextChange(this.settings.consumer.heartbeatInterval);
        await payload.heartbeat();
      }
    }
    // kafkajs fetches from here next, so this comes last, and only in the same generation.
    if (generation === this.generation) payload.resolveOffset(batch.lastOffset());
  }

  /** Checks that the fetch follows on from the last one, or that the records between them are accounted for. */
  private async followsOn(batch: Batch): Promise<boolean> {
    // Not in kafkajs' types: the requested offset, which may be before the first record.
    const { partition, highWatermark, fetchedOffset } = batch as Batch & { readonly fetchedOffset: string };
    try {
      const { signal } = this.closing;
      await this.settings.positions.fetched(partition, BigInt(fetchedOffset), BigInt(highWatermark), signal);
      return true;
    } catch (error) {
      this.fail(error as Error);
      return false;
    }
  }

  /** Never rejects: a failure ends the consumer, and the records are read again. */
  private handleBatch(gathered: GatheredBatch): Promise<void> {
    const { gatheredGeneration: generation, lastHandled } = this;
    const fail = (error: unknown): void => {
      // The records of an older generation are read again anyway.
      if (generation !== this.generation) return;
      // At once, so that no later batch is committed.
      this.generation++;
      this.fail(error as Error);
    };
    // A committed offset says that all records before it are stored, so a faster batch waits for the ones before it.
    const commit = (server?: string) =>
      lastHandled.then(() => this.commit(gathered.chunks, generation, server)).catch(fail);
    this.lastHandled = this.handle({ ...gathered, signal: this.closing.signal, commit }).catch(fail);
    return this.lastHandled;
  }

  private async handle(batch: KafkaBatch): Promise<void> {
    if (batch.records === 0) return batch.commit();
    const pattern = this.patternOf(batch.chunks[0]!.topic);
    // KafkaContext describes a single message; a batch has none.
    await this.handleEvent(pattern, { pattern, data: batch }, new KafkaContext([] as never));
  }

  /** @throws if Kafka refuses the offsets for any reason but a rebalance */
  private async commit(chunks: readonly Chunk[], generation: number, server?: string): Promise<void> {
    // Another member may own the partitions by now and be further ahead; the broker would accept the older offsets anyway.
    if (generation !== this.generation) return;
    const began = performance.now();
    const offsets = new Map<number, CommittedOffset>();
    for (const { partition, next } of chunks) offsets.set(partition, { partition, offset: next });
    await this.commitOffsets([...offsets.values()], generation, { began, server });
  }

  /** Commits after the batches being handled, because the last commit of a partition wins. */
  private commitLater(offsets: readonly CommittedOffset[], generation: number): void {
    if (offsets.length === 0) return;
    this.lastHandled = this.lastHandled
      .then(() => this.commitOffsets(offsets, generation))
      .catch((error: unknown) => {
        if (generation === this.generation) this.fail(error as Error);
      });
  }

  /** @throws if Kafka refuses the offsets for any reason but a rebalance */
  private async commitOffsets(
    offsets: readonly CommittedOffset[],
    generation: number,
    { began = performance.now(), server }: { began?: number; server?: string | undefined } = {},
  ): Promise<void> {
    if (generation !== this.generation) return;
    const { topic } = this;
    const metadata = await this.settings.positions.store(offsets, this.closing.signal, server);
    const { signal } = this.generationEnds;
    if (generation !== this.generation || signal.aborted) return;
    try {
      const committed = this.consumer!.commitOffsets(offsets.map((each) => ({ topic, metadata, ...each })));
      // kafkajs may retry for minutes, even after the consumer has left. The next generation must not wait for that.
      await orAborted(committed, signal);
    } catch (error) {
      // The records are stored. After the rebalance they are read again, which changes nothing.
      if (generation !== this.generation) return;
      if (REBALANCING.has((error as { type?: string }).type ?? '')) return;
      throw error;
    }
    this.failures = 0;
    this.settings.onCommit((performance.now() - began) / 1000);
  }

  private get topic(): string {
    return Object.values(this.settings.topics)[0]!;
  }

  private topicOf(pattern: string): string {
    const topic = this.settings.topics[pattern];
    if (topic === undefined) throw new Error(`no topic is configured for the pattern ${pattern}`);
    return topic;
  }

  private patternOf(topic: string): string {
    return Object.keys(this.settings.topics).find((pattern) => this.settings.topics[pattern] === topic) ?? topic;
  }
}

import { KafkaContext, ServerKafka } from '@nestjs/microservices';
import type { Batch, Consumer, ConsumerConfig, EachBatchPayload, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WarningThrottle } from '#platform/logging/warning-throttle.js';
import { abortableSleep, backoffDelayMs } from '#platform/retry/backoff.js';
import { BATCHES_IN_FLIGHT } from '../config/concurrency.js';
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
  /** Runs before each attempt to join the group, such as creating the topic. */
  readonly prepare: () => Promise<void>;
  /** Makes of an error of kafkajs one that says what to do. Must not reject. */
  readonly explain: (error: Error) => Promise<Error>;
  /** Told of every attempt to come back to Kafka. */
  readonly onRetry: () => void;
  /** Told how long a commit of offsets took, in seconds. */
  readonly onCommit: (seconds: number) => void;
}

/** A shutdown waits this long for batches under way, and for Kafka to answer; the app as a whole has 10 s. */
const DRAIN_MS = 6000;
const LEAVE_MS = 2000;

/** How often positions are compared with Kafka. */
const CHECK_MS = 2000;

/** Answers to a commit that comes during a rebalance. */
const REBALANCING = new Set(['REBALANCE_IN_PROGRESS', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID']);

/**
 * Nest's Kafka transport for batches: hands whole batches, gathered across fetches and partitions, to `@EventPattern`
 * handlers, and commits their offsets after the handler has resolved. A handler that rejects, or Kafka being gone,
 * leads to a new consumer after a while, which begins at the committed offsets: records come at least once.
 *
 * ServerKafka itself always runs `eachMessage`, and kafkajs restarts only after errors that it deems retriable; both
 * are done here instead.
 */
export class BatchKafkaServer extends ServerKafka {
  readonly liveness: KafkaLiveness;
  private readonly warnings = new WarningThrottle();
  private readonly closing = new AbortController();
  private readonly gatherer: BatchGatherer;
  private running: Promise<void> = Promise.resolve();
  /** Counts memberships of the group. Records read under an older one are read again, so they must not be mixed in. */
  private generation = 0;
  /** That of the records in the gatherer. */
  private gathered = 0;
  private failures = 0;
  private draining = false;
  private preparing = new AbortController();
  /** Ends after all batches handed out so far are committed, or have failed. */
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

  /** Returns at once: an app that starts before Kafka is alive, and not ready. */
  override listen(callback: (error?: unknown) => void): Promise<void> {
    this.running = this.consumeForever();
    callback();
    return Promise.resolve();
  }

  /** Finishes the batches under way, commits them and leaves the group. */
  override async close(): Promise<void> {
    // kafkajs reads on until it is disconnected; under load the gatherer would never be empty.
    this.draining = true;
    const drained = this.gatherer.drain();
    this.gatherer.clear();
    await Promise.race([drained, sleep(DRAIN_MS, undefined, { ref: false })]);
    this.closing.abort(new Error('the consumer is shutting down'));
    await Promise.race([this.running, sleep(LEAVE_MS, undefined, { ref: false })]);
    await this.settings.positions.close();
  }

  private async consumeForever(): Promise<void> {
    const { signal } = this.closing;
    while (!signal.aborted) {
      try {
        await this.consumeUntilFailure();
      } catch (error) {
        if (signal.aborted) break;
        const delayMs = backoffDelayMs(this.failures++);
        this.liveness.lost((error as Error).message);
        this.settings.onRetry();
        const line = `Not consuming: ${(error as Error).message}; next attempt in ${Math.round(delayMs)} ms`;
        this.warnings.warn(this.logger, (error as Error).message, line);
        await abortableSleep(delayMs, signal).catch(() => undefined);
      }
    }
  }

  /** @throws what ended the consuming; returns only when the transport is closed */
  private async consumeUntilFailure(): Promise<void> {
    await this.settings.prepare();
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
      this.preparing.abort();
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
      void this.begin(consumer, Object.values(payload.memberAssignment).flat());
      this.logger.log(`Joined group ${payload.groupId} with ${JSON.stringify(payload.memberAssignment)}`);
    });
    // kafkajs does not hand out a fetch in which no offset has a record (control records, aborted or compacted ones), and reads on.
    consumer.on(START_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize > 0 || this.draining) return;
      this.gatherer.pass(topic, partition, offsetAfter(lastOffset));
      positions.passed(partition, BigInt(offsetAfter(lastOffset)));
    });
    consumer.on(CRASH, ({ payload }) => void this.settings.explain(payload.error).then((error) => this.fail(error)));
  }

  /** Nothing is read before it is known where to begin: kafkajs would begin wherever the committed offsets point to. */
  private async begin(consumer: Consumer, partitions: number[]): Promise<void> {
    const { generation, topic } = this;
    const { positions } = this.settings;
    this.preparing.abort();
    this.preparing = new AbortController();
    try {
      consumer.pause([{ topic, partitions }]);
      if (await positions.isGone()) throw new TopicRecreatedError(topic);
      if (generation !== this.generation) return;
      // What was gathered comes once more.
      this.gatherer.clear();
      this.gathered = generation;
      const signal = AbortSignal.any([this.preparing.signal, this.closing.signal]);
      const beginning = await positions.prepare(partitions, signal);
      if (generation !== this.generation) return;
      positions.begin(beginning);
      for (const [partition, { next }] of beginning.places) {
        consumer.seek({ topic, partition, offset: String(next) });
      }
      this.commitLater(beginning.commits, generation);
      consumer.resume([{ topic, partitions }]);
    } catch (error) {
      if (generation === this.generation) this.fail(error as Error);
    }
  }

  /** @throws what makes the positions in memory void */
  private async checkPositions(failed: Promise<never>): Promise<never> {
    for (;;) {
      await Promise.race([abortableSleep(CHECK_MS, this.closing.signal), failed]);
      const { generation } = this;
      this.commitLater(await this.settings.positions.check(this.closing.signal), generation);
    }
  }

  /** What was gathered of a topic that is gone cannot be read again, so it is written before the topic is left. */
  private async leaveTopicIfGone(consumer: Consumer): Promise<void> {
    const { positions } = this.settings;
    const { signal } = this.closing;
    if (signal.aborted || !(await positions.isGone())) return;
    this.generation++;
    this.logger.warn(new TopicRecreatedError(this.topic).message);
    try {
      consumer.pause([{ topic: this.topic }]);
    } catch {
      // It has crashed, and reads nothing any more.
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
        positions.passed(batch.partition, BigInt(batch.messages[taken]?.offset ?? next));
      } else {
        await this.gatherer.change(this.settings.consumer.heartbeatInterval);
        await payload.heartbeat();
      }
    }
    // Only now, and only in the same generation: kafkajs fetches on from here.
    if (generation === this.generation) payload.resolveOffset(batch.lastOffset());
  }

  /** Whether the records of a fetch are those that come next, or those before them are accounted for. */
  private async followsOn(batch: Batch): Promise<boolean> {
    // Not in kafkajs' types: the offset that was asked for, which may come before the first record.
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
    const { gathered: generation, lastHandled } = this;
    const fail = (error: unknown): void => {
      // At once, so that no later batch is committed.
      if (generation === this.generation) this.generation++;
      this.fail(error as Error);
    };
    // A committed offset says that all records before it are stored, so a faster batch waits for the ones before it.
    const commit = () => lastHandled.then(() => this.commit(gathered.chunks, generation)).catch(fail);
    this.lastHandled = this.handle({ ...gathered, signal: this.closing.signal, commit }).catch(fail);
    return this.lastHandled;
  }

  private async handle(batch: KafkaBatch): Promise<void> {
    if (batch.records === 0) return batch.commit();
    const pattern = this.patternOf(batch.chunks[0]!.topic);
    // KafkaContext describes a single message; a batch has none.
    await this.handleEvent(pattern, { pattern, data: batch }, new KafkaContext([] as never));
  }

  /** @throws when Kafka does not take the offsets for another reason than a rebalance */
  private async commit(chunks: readonly Chunk[], generation: number): Promise<void> {
    // The partitions may have another owner by now, who got further: the broker would take the older offsets all the same.
    if (generation !== this.generation) return;
    const began = performance.now();
    const offsets = new Map<number, CommittedOffset>();
    for (const { partition, next } of chunks) offsets.set(partition, { partition, offset: next });
    await this.commitOffsets([...offsets.values()], generation, began);
  }

  /** After all that is under way: of two commits of a partition the later one counts. */
  private commitLater(offsets: readonly CommittedOffset[], generation: number): void {
    if (offsets.length === 0) return;
    this.lastHandled = this.lastHandled
      .then(() => this.commitOffsets(offsets, generation))
      .catch((error: unknown) => this.fail(error as Error));
  }

  /** @throws when Kafka does not take the offsets for another reason than a rebalance */
  private async commitOffsets(
    offsets: readonly CommittedOffset[],
    generation: number,
    began = performance.now(),
  ): Promise<void> {
    if (generation !== this.generation) return;
    const { topic } = this;
    const metadata = await this.settings.positions.store(offsets, this.closing.signal);
    if (generation !== this.generation) return;
    try {
      await this.consumer?.commitOffsets(offsets.map((each) => ({ topic, metadata, ...each })));
    } catch (error) {
      // Stored but not committed: after the rebalance the records are read again and change nothing.
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

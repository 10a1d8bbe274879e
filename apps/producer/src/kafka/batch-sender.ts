import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Kafka, type Producer, type RecordMetadata } from 'kafkajs';
import type { HealthState } from '#platform/health/health-registry.js';
import { messageOf } from '#platform/errors/message-of.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { retryForever } from '#platform/retry/backoff.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { ProducerError } from '../producer-error.js';
import { kafkaErrorTypes, mustRenewProducer, refusal } from './kafka-errors.js';
import { acceptBatchMessages, batchMessage, type BatchMessage } from './produce-request.js';
import type { RecordBatch } from './record-batch.js';

/** Without an acknowledgement for this long /readyz and the log say so; a healthy broker answers within a second. */
const LATE_AFTER_MS = 5_000;
const DISCONNECT_WITHIN_MS = 1_000;

export interface TopicBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: RecordBatch;
}

/**
 * Sends ready batches with an idempotent producer, acks all, and does not give up: an outage of any length is waited out. One request
 * at a time, so that the order within a partition holds. Two things that kafkajs gets wrong among several brokers are done here:
 *
 * - sequence numbers: it forgets them when one broker fails, and would send what another already has under new numbers;
 * - acknowledgements: when a partition's leader moves to a broker that has answered already, it leaves that partition out and
 *   calls the request done. So a batch counts as sent when its partition is in the answer, and not before.
 */
@Injectable()
export class BatchSender {
  private readonly logger = new Logger('Kafka');
  private readonly abandoned = new AbortController();
  private producer: Producer;
  private connected: Producer | null = null;
  /** The next sequence number of each topic and partition, as this producer's id has used them. */
  private sequences = new Map<string, number>();
  private waiting: { readonly since: number; reason: string } | null = null;
  private readonly up;
  private readonly outageSeconds;
  private readonly retries;

  constructor(
    private readonly kafka: Kafka,
    metrics: Metrics,
  ) {
    acceptBatchMessages();
    this.producer = this.createProducer();
    this.up = metrics.gauge('dependencyUp');
    this.outageSeconds = metrics.counter('outageSeconds');
    this.retries = metrics.counter('retries');
    // A series that begins with its first event shows no increase.
    for (const counter of [this.outageSeconds, this.retries]) counter.inc({ dependency: 'kafka' }, 0);
  }

  /** Down while a request has been waiting for long. */
  health(): HealthState {
    if (this.waiting === null) return { up: true };
    const seconds = Math.round((performance.now() - this.waiting.since) / 1_000);
    return { up: false, detail: `no acknowledgement for ${seconds} s, still trying: ${this.waiting.reason}` };
  }

  /** Resolves when Kafka can be reached. */
  connect(): Promise<void> {
    return this.untilDone(async () => void (await this.connectedProducer()));
  }

  /**
   * Resolves when all replicas have all batches; until then they must not be changed. Call it again only after that.
   *
   * @throws ProducerError PRODUCER_REFUSED_BY_KAFKA when no repetition can help; the abort's reason after `abandon`.
   */
  async send(batches: readonly TopicBatch[]): Promise<void> {
    let open = batches;
    await this.untilDone(async () => {
      const producer = await this.connectedProducer();
      const answer = await producer.sendBatch({
        acks: -1,
        topicMessages: [...this.number(open)].map(([topic, messages]) => ({ topic, messages })),
      });
      open = this.withoutAcknowledged(open, answer);
      if (open.length > 0) throw new Error(`no answer for ${open.length} partitions, whose leaders have moved`);
    });
  }

  /** Gives up what is being waited for; what was sent may or may not have arrived. */
  abandon(): void {
    this.abandoned.abort(new Error('abandoned, as the producer is ending'));
  }

  /** kafkajs waits for the answer to every open request, which after `abandon` may never come. */
  async disconnect(): Promise<void> {
    const deadline = new AbortController();
    const left = sleep(DISCONNECT_WITHIN_MS, undefined, { signal: deadline.signal }).catch(() => undefined);
    await Promise.race([this.producer.disconnect(), left]);
    deadline.abort();
  }

  /** A new one, such as after `renewProducer`, is not connected yet. */
  private async connectedProducer(): Promise<Producer> {
    const { producer } = this;
    if (this.connected !== producer) {
      await producer.connect();
      this.connected = producer;
    }
    return producer;
  }

  /** The sequence numbers of what is acknowledged are used up; all others stay as they are, so that a repetition is recognised. */
  private withoutAcknowledged(
    batches: readonly TopicBatch[],
    answer: readonly RecordMetadata[],
  ): readonly TopicBatch[] {
    const acknowledged = new Set(answer.map(({ topicName, partition }) => keyOf(topicName, partition)));
    return batches.filter(({ topic, partition, batch }) => {
      const key = keyOf(topic, partition);
      if (!acknowledged.has(key)) return true;
      // Wraps around as the broker expects it.
      this.sequences.set(key, ((this.sequences.get(key) ?? 0) + batch.count) % 2 ** 31);
      return false;
    });
  }

  private number(batches: readonly TopicBatch[]): Map<string, BatchMessage[]> {
    const messages = new Map<string, BatchMessage[]>();
    for (const { topic, partition, batch } of batches) {
      const list = messages.get(topic) ?? [];
      list.push(batchMessage(batch, partition, this.sequences.get(keyOf(topic, partition)) ?? 0));
      messages.set(topic, list);
    }
    return messages;
  }

  private async untilDone(attempt: () => Promise<void>): Promise<void> {
    const since = performance.now();
    let reason = 'the brokers do not answer';
    const late = setTimeout(() => {
      this.waiting = { since, reason };
      this.up.set({ dependency: 'kafka' }, 0);
      this.logger.warn(`No acknowledgement for ${LATE_AFTER_MS / 1_000} s, trying on: ${reason}`);
    }, LATE_AFTER_MS);
    try {
      await retryForever(() => orAborted(attempt(), this.abandoned.signal), {
        signal: this.abandoned.signal,
        isRetriable: (error) => refusal(error) === null,
        onRetry: (error) => {
          reason = messageOf(error);
          if (this.waiting !== null) this.waiting.reason = reason;
          this.retries.inc({ dependency: 'kafka' });
          if (mustRenewProducer(error)) this.renewProducer(kafkaErrorTypes(error).join(', '));
        },
      });
      if (this.waiting !== null) this.logger.log('Kafka acknowledges again, going on');
      this.up.set({ dependency: 'kafka' }, 1);
    } catch (error) {
      const why = refusal(error);
      throw why === null ? error : new ProducerError('PRODUCER_REFUSED_BY_KAFKA', why, { cause: error });
    } finally {
      clearTimeout(late);
      if (this.waiting !== null) this.outageSeconds.inc({ dependency: 'kafka' }, (performance.now() - since) / 1_000);
      this.waiting = null;
    }
  }

  /** What is in flight is then sent again under a new id; if the broker has it already it is there twice, which is allowed. */
  private renewProducer(why: string): void {
    this.logger.warn(`Kafka no longer knows this producer's id (${why}); going on with a new one`);
    const old = this.producer;
    this.producer = this.createProducer();
    this.sequences = new Map();
    void old.disconnect().catch(() => undefined);
  }

  private createProducer(): Producer {
    return this.kafka.producer({
      idempotent: true,
      // Fewer attempts would make kafkajs warn; what it does give up is tried again by `untilDone`.
      retry: { retries: Number.MAX_SAFE_INTEGER, initialRetryTime: 200, maxRetryTime: 5_000 },
      allowAutoTopicCreation: false,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition ?? 0,
    });
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

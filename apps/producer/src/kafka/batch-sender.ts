import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Kafka, type Producer, type RecordMetadata } from 'kafkajs';
import type { HealthState } from '#platform/health/health-registry.js';
import { messageOf } from '#platform/errors/message-of.js';
import { kafkaErrorTypes } from '#platform/kafka/kafka-error-types.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { retryForever } from '#platform/retry/backoff.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { ProducerError } from '../producer-error.js';
import { mustRenewProducer, refusal } from './kafka-errors.js';
import { acceptBatchMessages, batchMessage, type BatchMessage } from './produce-request.js';
import type { RecordBatch } from './record-batch.js';

/** After this long without an acknowledgement, /readyz and the log report it. A healthy broker answers within a second. */
const LATE_AFTER_MS = 5_000;
const DISCONNECT_WITHIN_MS = 1_000;

export interface TopicBatch {
  readonly topic: string;
  readonly partition: number;
  readonly batch: RecordBatch;
}

/**
 * Sends encoded batches with an idempotent producer and acks=all, and retries for as long as an outage lasts. It sends one request
 * at a time, which keeps the order within a partition. It also does two things that kafkajs gets wrong with several brokers:
 *
 * - Sequence numbers: kafkajs forgets them when one broker fails, and would resend batches that another broker already has under
 *   new numbers.
 * - Acknowledgements: when a partition's leader moves to a broker that has already answered, kafkajs drops that partition and
 *   resolves. So a batch counts as sent only when its partition is in the response.
 */
@Injectable()
export class BatchSender {
  private readonly logger = new Logger('Kafka');
  private readonly abandoned = new AbortController();
  private producer: Producer;
  private connected: Producer | null = null;
  /** The next sequence number of each topic and partition under the current producer id. */
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
    // Start at 0: a series that first appears with its first event shows no increase.
    for (const counter of [this.outageSeconds, this.retries]) counter.inc({ dependency: 'kafka' }, 0);
  }

  /** Down while a request is overdue. */
  health(): HealthState {
    if (this.waiting === null) return { up: true };
    const seconds = Math.round((performance.now() - this.waiting.since) / 1_000);
    return { up: false, detail: `no acknowledgement for ${seconds} s, still retrying: ${this.waiting.reason}` };
  }

  /** Resolves when Kafka can be reached. */
  connect(): Promise<void> {
    return this.untilDone(async () => void (await this.connectedProducer()));
  }

  /**
   * Resolves when all replicas have all batches. Until then, neither change the batches nor call this again.
   *
   * @throws ProducerError PRODUCER_REFUSED_BY_KAFKA for an error that retries cannot cure; the abort reason after `abandon`.
   */
  async send(batches: readonly TopicBatch[]): Promise<void> {
    let pending = batches;
    await this.untilDone(async () => {
      const producer = await this.connectedProducer();
      const response = await producer.sendBatch({
        acks: -1,
        topicMessages: [...this.toMessages(pending)].map(([topic, messages]) => ({ topic, messages })),
      });
      pending = this.withoutAcknowledged(pending, response);
      if (pending.length > 0) throw new Error(`no answer for ${pending.length} partitions whose leaders have moved`);
    });
  }

  /** Cancels the requests in flight; they may still have arrived. */
  abandon(): void {
    this.abandoned.abort(new Error('cancelled because the producer is shutting down'));
  }

  /** Has a deadline because kafkajs waits for every open response, which may never come after `abandon`. */
  async disconnect(): Promise<void> {
    const deadline = new AbortController();
    const timeout = sleep(DISCONNECT_WITHIN_MS, undefined, { signal: deadline.signal }).catch(() => undefined);
    await Promise.race([this.producer.disconnect(), timeout]);
    deadline.abort();
  }

  /** Connects the producer first if it is new, for example after `renewProducer`. */
  private async connectedProducer(): Promise<Producer> {
    const { producer } = this;
    if (this.connected !== producer) {
      await producer.connect();
      this.connected = producer;
    }
    return producer;
  }

  /** Advances the sequence numbers of acknowledged batches only, so that brokers recognise a resent batch. */
  private withoutAcknowledged(
    batches: readonly TopicBatch[],
    response: readonly RecordMetadata[],
  ): readonly TopicBatch[] {
    const acknowledged = new Set(response.map(({ topicName, partition }) => keyOf(topicName, partition)));
    return batches.filter(({ topic, partition, batch }) => {
      const key = keyOf(topic, partition);
      if (!acknowledged.has(key)) return true;
      // Wraps around, as brokers expect.
      this.sequences.set(key, ((this.sequences.get(key) ?? 0) + batch.count) % 2 ** 31);
      return false;
    });
  }

  private toMessages(batches: readonly TopicBatch[]): Map<string, BatchMessage[]> {
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
      this.logger.warn(`No acknowledgement for ${LATE_AFTER_MS / 1_000} s, still retrying: ${reason}`);
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
      if (this.waiting !== null) this.logger.log('Kafka acknowledges requests again');
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

  /** Resends what is in flight under a new id. A batch that the broker already has is then stored twice, which is harmless. */
  private renewProducer(why: string): void {
    this.logger.warn(`Kafka no longer knows this producer's id (${why}); continuing with a new id`);
    const old = this.producer;
    this.producer = this.createProducer();
    this.sequences = new Map();
    void old.disconnect().catch(() => undefined);
  }

  private createProducer(): Producer {
    return this.kafka.producer({
      idempotent: true,
      // With fewer retries kafkajs logs a warning. `untilDone` retries what kafkajs abandons.
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

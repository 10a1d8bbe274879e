import { Inject, Injectable, Logger } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { messageOf } from '#platform/errors/message-of.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import { Complaints } from '#platform/logging/complaints.js';
import { retryForever } from '#platform/retry/backoff.js';
import { PRODUCER_CONFIG, type ProducerConfig } from '../config/producer-config.js';
import { refusal } from './kafka-errors.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { ProducerError } from '../producer-error.js';
import { PositionStore } from '../positions/position-store.js';

export interface PreparedTopics {
  /** Of the topic of the messages. */
  readonly partitions: number;
  /** Its id; undefined where the brokers give none. */
  readonly topicId: string | undefined;
  /** Whether it did not exist. */
  readonly created: boolean;
  /** How far each file has got, by absolute path. */
  readonly stored: ReadonlyMap<string, FilePosition>;
}

/** The topic of the messages and that of the positions, as they must be before rows are sent. */
@Injectable()
export class TopicPreparer {
  private readonly logger = new Logger('Producer');

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly kafka: Kafka,
    private readonly positions: PositionStore,
  ) {}

  /**
   * Creates what is absent and reads the positions. Waits for Kafka as long as it takes.
   *
   * @throws ProducerError, TopicError where waiting does not help; the signal's reason.
   */
  prepare(signal: AbortSignal): Promise<PreparedTopics> {
    const complaints = new Complaints();
    const waiting = retryForever(() => this.tryToPrepare(), {
      signal,
      isRetriable: (error) => refusal(error) === null && !(error instanceof ProducerError && !error.retriable),
      onRetry: (error) => {
        const reason = messageOf(error);
        if (complaints.areWorthAWarning(reason)) this.logger.warn(`Kafka is not ready, trying on: ${reason}`);
      },
    });
    return orAborted(waiting, signal);
  }

  private async tryToPrepare(): Promise<PreparedTopics> {
    const { KAFKA_TOPIC_RETENTION_MS: retention } = this.config;
    const admin = this.kafka.admin();
    try {
      await admin.connect();
      const { partitions, created, topicId } = await ensureTopic(
        admin,
        messageTopic(this.config, retention === undefined ? {} : { 'retention.ms': retention }),
      );
      await this.positions.ensureTopic(admin);
      return { partitions, topicId, created, stored: await this.positions.read(admin) };
    } finally {
      await admin.disconnect();
    }
  }
}

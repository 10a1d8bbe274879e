import { Inject, Injectable, Logger } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { messageOf } from '#platform/errors/message-of.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import { WarningThrottle } from '#platform/logging/warning-throttle.js';
import { retryForever } from '#platform/retry/backoff.js';
import { PRODUCER_CONFIG, type ProducerConfig } from '../config/producer-config.js';
import { refusal } from './kafka-errors.js';
import { orAborted } from '#platform/retry/or-aborted.js';
import { ProducerError } from '../producer-error.js';
import { PositionStore } from '../positions/position-store.js';

export interface PreparedTopics {
  /** Number of partitions of the message topic. */
  readonly partitions: number;
  /** Id of the message topic; undefined if the brokers are too old to have topic ids. */
  readonly topicId: string | undefined;
  /** Whether the message topic was created just now. */
  readonly created: boolean;
  /** The stored position of each file, by absolute path. */
  readonly stored: ReadonlyMap<string, FilePosition>;
}

/** Prepares the message topic and the positions topic before rows are sent. */
@Injectable()
export class TopicPreparer {
  private readonly logger = new Logger('Producer');

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly kafka: Kafka,
    private readonly positions: PositionStore,
  ) {}

  /**
   * Creates missing topics and reads the positions. Waits until Kafka is ready.
   *
   * @throws ProducerError, KafkaRefusedError or TopicError when waiting does not help; the reason of the signal when it aborts.
   */
  prepare(signal: AbortSignal): Promise<PreparedTopics> {
    const warnings = new WarningThrottle();
    const waiting = retryForever(() => this.tryToPrepare(), {
      signal,
      isRetriable: (error) => refusal(error) === null && !(error instanceof ProducerError && !error.retriable),
      onRetry: (error) => {
        const reason = messageOf(error);
        if (warnings.shouldWarn(reason)) this.logger.warn(`Kafka is not ready, retrying: ${reason}`);
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
        ['Write'],
      );
      await this.positions.ensureTopic(admin);
      return { partitions, topicId, created, stored: await this.positions.read(admin) };
    } finally {
      await admin.disconnect();
    }
  }
}

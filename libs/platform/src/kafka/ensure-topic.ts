import { Logger } from '@nestjs/common';
import type { Admin } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { messageOf } from '../errors/message-of.js';
import { TopicError } from '../errors/topic-error.js';
import { compactionFault, isCompacted } from './cleanup-policy.js';
import { topicIdOf } from './topic-ids.js';

export interface TopicSpec {
  topic: string;
  partitions: number;
  replication: number;
  /** Topic settings by their Kafka names, such as { 'cleanup.policy': 'compact' }. */
  config?: Readonly<Record<string, string>>;
}

export interface EnsuredTopic {
  /** Whether this call created it. */
  readonly created: boolean;
  readonly partitions: number;
  /** Undefined if the brokers are too old to have topic ids. */
  readonly topicId: string | undefined;
}

/** The message topic as any app would create it. */
export function messageTopic(config: KafkaConfig, more: TopicSpec['config'] = {}): TopicSpec {
  return {
    topic: config.KAFKA_TOPIC,
    partitions: config.KAFKA_TOPIC_PARTITIONS,
    replication: config.KAFKA_TOPIC_REPLICATION,
    config: { 'max.message.bytes': String(config.KAFKA_TOPIC_MAX_MESSAGE_BYTES), ...more },
  };
}

/**
 * Creates the topic if it does not exist. An existing topic is left unchanged, with a warning if it has too few partitions: adding
 * partitions would send known keys to other partitions. Several apps may call this at once.
 *
 * @param admin connected.
 * @throws TopicError
 */
export async function ensureTopic(admin: Admin, spec: TopicSpec): Promise<EnsuredTopic> {
  const { topic } = spec;
  try {
    const known = await admin.listTopics();
    const created = !known.includes(topic) && (await create(admin, spec));
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const described = topics.find(({ name }) => name === topic);
    const partitions = described?.partitions.length ?? 0;
    if (partitions < spec.partitions) {
      new Logger('Kafka').warn(
        `Topic ${topic} has ${partitions} partitions, fewer than the configured ${spec.partitions}; it is left unchanged`,
      );
    }
    if (!created && spec.config?.['cleanup.policy'] === undefined && (await isCompacted(admin, topic))) {
      const { message, action } = compactionFault(topic);
      new Logger('Kafka').error(`${message}. ${action}`);
    }
    return { created, partitions, topicId: described && topicIdOf(described) };
  } catch (error) {
    throw new TopicError(
      `Topic ${topic} cannot be created or described (${messageOf(error)}); check that the brokers are up, that there are ` +
        `at least ${spec.replication} of them, and that this client may create topics, or create the topic by hand`,
      isRetriable(error),
      { cause: error },
    );
  }
}

/** @returns false if another client created it first; kafkajs handles that error */
function create(admin: Admin, { topic, partitions, replication, config = {} }: TopicSpec): Promise<boolean> {
  return admin.createTopics({
    waitForLeaders: true,
    topics: [
      {
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(config).map(([name, value]) => ({ name, value })),
      },
    ],
  });
}

/** kafkajs marks only final errors, with `retriable: false`; a failed creation has one error per topic. */
function isRetriable(error: unknown): boolean {
  const { retriable, errors = [] } = error as { retriable?: boolean; errors?: { retriable?: boolean }[] };
  return [{ retriable }, ...errors].every((each) => each.retriable !== false);
}

import { Logger } from '@nestjs/common';
import type { Admin } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { messageOf } from '../errors/message-of.js';
import { TopicError } from '../errors/topic-error.js';
import { isUnknownTopic } from './admin-connection.js';
import { compactionFault, isCompacted } from './cleanup-policy.js';
import { KafkaRefusedError } from './security/kafka-refused-error.js';
import { isDenied, missingRight, type KafkaOperation } from './security/missing-right.js';
import { lackingOperations, topicIdOf, type TopicOperation } from './topic-ids.js';

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
 * @param uses what this client will do with the topic
 * @throws KafkaRefusedError if its user lacks a right; TopicError
 */
export async function ensureTopic(
  admin: Admin,
  spec: TopicSpec,
  uses: readonly TopicOperation[],
): Promise<EnsuredTopic> {
  const { topic } = spec;
  try {
    const created = !(await exists(admin, topic)) && (await create(admin, spec));
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const described = topics.find(({ name }) => name === topic);
    if (described) checkRights(topic, lackingOperations(described, uses));
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
    if (error instanceof KafkaRefusedError) throw error;
    if (isDenied(error, 'topic')) checkRights(topic, uses);
    throw new TopicError(
      `Topic ${topic} cannot be created or described (${messageOf(error)}); check that the brokers are up and that there are ` +
        `at least ${spec.replication} of them, or create the topic by hand`,
      isRetriable(error),
      { cause: error },
    );
  }
}

/** Asks about this topic only: a list of all topics may be long. */
async function exists(admin: Admin, topic: string): Promise<boolean> {
  try {
    await admin.fetchTopicMetadata({ topics: [topic] });
    return true;
  } catch (error) {
    if (isUnknownTopic(error)) return false;
    throw error;
  }
}

/** @throws KafkaRefusedError unless nothing is lacking */
function checkRights(topic: string, lacking: readonly KafkaOperation[]): void {
  if (lacking.length === 0) return;
  const { message, action } = missingRight({ resource: 'topic', name: topic, operations: lacking });
  throw new KafkaRefusedError(`${message}. ${action}`);
}

/**
 * @returns false if another client created it first; kafkajs handles that error
 * @throws KafkaRefusedError if this client's user may not create it
 */
async function create(admin: Admin, { topic, partitions, replication, config = {} }: TopicSpec): Promise<boolean> {
  try {
    return await admin.createTopics({
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
  } catch (error) {
    if (!isDenied(error, 'topic')) throw error;
    const { message, action } = missingRight({ resource: 'topic', name: topic, operations: ['Create'] });
    const settings = Object.entries(config).map(([name, value]) => ` --config ${name}=${value}`);
    throw new KafkaRefusedError(
      `topic ${topic} does not exist, and ${message}. ${action} Or create the topic: kafka-topics.sh --bootstrap-server … --create ` +
        `--topic '${topic}' --partitions ${partitions} --replication-factor ${replication}${settings.join('')}`,
      { cause: error },
    );
  }
}

/** kafkajs marks only final errors, with `retriable: false`; a failed creation has one error per topic. */
function isRetriable(error: unknown): boolean {
  const { retriable, errors = [] } = error as { retriable?: boolean; errors?: { retriable?: boolean }[] };
  return [{ retriable }, ...errors].every((each) => each.retriable !== false);
}

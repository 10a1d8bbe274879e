import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type KafkaConfig as KafkaClientConfig, type RetryOptions } from 'kafkajs';
import type { KafkaConfig } from '../config/kafka-config.js';
import { createKafkaLog } from '../logging/kafka-log.js';
import { readEveryBatch } from './fetch/read-every-batch.js';
import { addressesOf } from './addresses.js';
import { patchKafkajs } from './patch-kafkajs.js';
import { seeOpenTransactions } from './readable-ends.js';
import { knowTopicIds } from './topic-ids.js';

/** About 20 s in all, then the caller decides; kafkajs spreads each delay by +-20 % (factor) against thundering herds. */
export const KAFKA_RETRY: RetryOptions = {
  initialRetryTime: 200,
  maxRetryTime: 5000,
  factor: 0.2,
  multiplier: 2,
  retries: 8,
};

const CONNECT_WITHIN_MS = 5000;

/**
 * A kafkajs client; it connects nothing yet.
 *
 * @param name of the app: the client id unless KAFKA_CLIENT_ID is set.
 */
export function createKafka(
  config: Pick<KafkaConfig, 'KAFKA_BROKERS' | 'KAFKA_CLIENT_ID'>,
  name: string,
  overrides: Partial<KafkaClientConfig> = {},
): Kafka {
  patchKafkajs();
  readEveryBatch();
  knowTopicIds();
  seeOpenTransactions();
  return new Kafka({
    ...addressesOf(config.KAFKA_BROKERS, overrides.connectionTimeout ?? CONNECT_WITHIN_MS),
    clientId: config.KAFKA_CLIENT_ID ?? name,
    // kafkajs' own second is too short for a broker that has just been started on a busy machine.
    connectionTimeout: CONNECT_WITHIN_MS,
    // Of silence. A connection that is dead without a word is noticed by this alone, and must not hold up the stream for long.
    requestTimeout: 10_000,
    retry: KAFKA_RETRY,
    logLevel: logLevel.INFO,
    logCreator: createKafkaLog(new Logger('Kafka')),
    ...overrides,
  });
}

import { Logger } from '@nestjs/common';
import { Kafka, logLevel, type KafkaConfig as KafkaOptions, type RetryOptions } from 'kafkajs';
import type { KafkaClientConfig } from '../config/kafka-config.js';
import { createKafkaLog } from '../logging/kafka-log.js';
import { readEveryBatch } from './fetch/read-every-batch.js';
import { addressesOf } from './addresses.js';
import { patchKafkajs } from './patch-kafkajs.js';
import { fetchRealEnds } from './readable-ends.js';
import { saslOptionsOf } from './security/sasl-options.js';
import { tlsOptionsOf } from './security/tls-options.js';
import { fetchTopicIds } from './topic-ids.js';

/** About 20 s in total, then the caller decides. kafkajs varies each delay by +-20 % (factor) against thundering herds. */
const KAFKA_RETRY: RetryOptions = {
  initialRetryTime: 200,
  maxRetryTime: 5000,
  factor: 0.2,
  multiplier: 2,
  retries: 8,
};

const CONNECT_WITHIN_MS = 5000;

/**
 * Creates a kafkajs client; it does not connect yet.
 *
 * @param name of the app: the client id unless KAFKA_CLIENT_ID is set.
 */
export function createKafka(config: KafkaClientConfig, name: string, overrides: Partial<KafkaOptions> = {}): Kafka {
  patchKafkajs();
  readEveryBatch();
  fetchTopicIds();
  fetchRealEnds();
  return new Kafka({
    ...addressesOf(config.KAFKA_BROKERS, overrides.connectionTimeout ?? CONNECT_WITHIN_MS, () => tlsOptionsOf(config)),
    sasl: saslOptionsOf(config),
    clientId: config.KAFKA_CLIENT_ID ?? name,
    // The default of one second is too short for a broker that has just started on a busy machine.
    connectionTimeout: CONNECT_WITHIN_MS,
    // Only this timeout detects a connection that died silently, so it must be short enough not to stall the stream.
    requestTimeout: 10_000,
    retry: KAFKA_RETRY,
    logLevel: logLevel.INFO,
    logCreator: createKafkaLog(new Logger('Kafka')),
    ...overrides,
  });
}

import { z } from 'zod';
import { databaseShape } from '#platform/config/database-config.js';
import { integer, positiveInteger, readEnv, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';

const shape = {
  ...httpShape,
  ...kafkaShape,
  ...databaseShape,
  CONSUMER_GROUP_ID: z.string().default('messages-consumer'),
  /** A batch is full when it has this many records. */
  CONSUMER_BATCH_RECORDS: positiveInteger().default(3000),
  /** A batch is also full when its keys, values and headers have this many bytes. */
  CONSUMER_BATCH_BYTES: positiveInteger().default(16_777_216),
  /** A batch that is not full is handled when its first record has waited for this long. */
  CONSUMER_BATCH_MS: positiveInteger().default(500),
  /** Bytes fetched from a partition at once. More, or larger batches, cost memory and are hardly faster (docs/performance.md). */
  CONSUMER_FETCH_PARTITION_BYTES: positiveInteger().default(524_288),
  /** After this long the partitions of a dead consumer go to other members. Brokers require at least 6 s. */
  CONSUMER_SESSION_TIMEOUT_MS: integer(6000, 1_800_000).default(10_000),
  CONSUMER_HEARTBEAT_MS: positiveInteger().default(2000),
};

export type ConsumerConfig = ConfigOf<typeof shape>;

/** @throws ConfigError that names every bad variable */
export function readConsumerConfig(env: Environment = process.env): ConsumerConfig {
  return readEnv(shape, env, (config) => [
    ...kafkaProblems(config),
    ...(config.CONSUMER_HEARTBEAT_MS * 3 > config.CONSUMER_SESSION_TIMEOUT_MS
      ? ['CONSUMER_HEARTBEAT_MS must be at most a third of CONSUMER_SESSION_TIMEOUT_MS']
      : []),
  ]);
}

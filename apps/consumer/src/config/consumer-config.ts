import { parseArgs } from 'node:util';
import { z } from 'zod';
import { databaseShape } from '#platform/config/database-config.js';
import {
  bearerToken,
  integer,
  positiveInteger,
  readEnv,
  type ConfigOf,
  type Environment,
} from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';
import { ConsumerUsageError } from './consumer-usage-error.js';

const SHARE_ERROR = 'must be a share above 0 and up to 1, such as 0.5; 1 turns the breaker off';
const share = () =>
  z
    .string()
    .regex(/^(0?\.\d{1,9}|1(\.0+)?)$/, { error: SHARE_ERROR, abort: true })
    .transform(Number)
    .refine((value) => value > 0, { error: SHARE_ERROR });

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
  /** Reading stops when more than this share of the latest records is bad; 1: never. */
  CONSUMER_BREAKER_SHARE: share().default(0.5),
  /** The latest records are at least so many. */
  CONSUMER_BREAKER_RECORDS: integer(1, 1_000_000).default(1000),
  /** Bearer token for POST /breaker/continue. Without it that endpoint is closed. */
  CONSUMER_OPERATOR_TOKEN: bearerToken('CONSUMER_OPERATOR_TOKEN').optional(),
};

export type ConsumerConfig = ConfigOf<typeof shape> & {
  /** Whether to accept bad records until their share has fallen. */
  readonly continues: boolean;
};

/**
 * @param args the arguments after node and the script
 * @throws ConfigError that names every bad variable; ConsumerUsageError
 */
export function readConsumerConfig(args: readonly string[], env: Environment = process.env): ConsumerConfig {
  const continues = readContinue(args);
  const config = readEnv(shape, env, (config) => [
    ...kafkaProblems(config),
    ...(config.CONSUMER_HEARTBEAT_MS * 3 > config.CONSUMER_SESSION_TIMEOUT_MS
      ? ['CONSUMER_HEARTBEAT_MS must be at most a third of CONSUMER_SESSION_TIMEOUT_MS']
      : []),
  ]);
  return { ...config, continues };
}

function readContinue(args: readonly string[]): boolean {
  try {
    return parseArgs({ args: [...args], options: { continue: { type: 'boolean' } } }).values.continue ?? false;
  } catch (cause) {
    throw new ConsumerUsageError((cause as Error).message, { cause });
  }
}

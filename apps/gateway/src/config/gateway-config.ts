import { z } from 'zod';
import { databaseShape } from '#platform/config/database-config.js';
import { integer, positiveInteger, readEnv, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaShape } from '#platform/config/kafka-config.js';

const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be http://host:port',
});

const gatewayShape = {
  ...httpShape,
  ...kafkaShape,
  ...databaseShape,
  CONSUMER_GROUP_ID: z.string().default('messages-consumer'),
  /** What writes the mart. The other engine may be absent. */
  PIPELINE_ENGINE: z
    .enum(['consumer', 'spark', 'both'], { error: 'must be consumer, spark or both' })
    .default('consumer'),
  /** The master's page, and the job's probes and metrics. Without them Spark is not probed. */
  SPARK_MASTER_URL: httpUrl.optional(),
  SPARK_JOB_URL: httpUrl.optional(),
  /** Bearer token that client-level endpoints require. Without it they are closed. */
  GATEWAY_API_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, { error: 'must be at least 16 ASCII characters without spaces' })
    .optional(),
  /** Requests a minute below /api for one address: a few people behind it, each with pages that send ten requests a second. */
  GATEWAY_RATE_LIMIT: positiveInteger().default(6000),
  /** Number of proxies in front of the gateway whose X-Forwarded-For is trusted. */
  GATEWAY_TRUSTED_PROXIES: integer(0, 10).default(0),
  /** Connections and time limit of REST queries; health and ledger use a pool of their own. */
  GATEWAY_READ_POOL_SIZE: integer(1, 100).default(4),
  GATEWAY_QUERY_TIMEOUT_MS: integer(100, 600_000).default(10_000),
  /** Event streams that may be open at once. */
  GATEWAY_EVENT_STREAMS: positiveInteger().default(200),
};

/** A fold of the ledger, two components and /readyz at the same time: none may wait for another. */
const LEAST_CONNECTIONS = 4;

export type GatewayConfig = ConfigOf<typeof gatewayShape>;

/** @throws ConfigError */
export function readGatewayConfig(env: Environment = process.env): GatewayConfig {
  return readEnv(gatewayShape, env, ({ DATABASE_POOL_SIZE: size }) =>
    size < LEAST_CONNECTIONS
      ? [
          `DATABASE_POOL_SIZE=${size}: must be at least ${LEAST_CONNECTIONS}, for the ledger, the component checks and the probes`,
        ]
      : [],
  );
}

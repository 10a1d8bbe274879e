import { z } from 'zod';
import { databaseShape } from '#platform/config/database-config.js';
import {
  bearerToken,
  boolean,
  integer,
  positiveInteger,
  readEnv,
  secret,
  type ConfigOf,
  type Environment,
} from '#platform/config/env.js';
import { databaseUrlProblem } from '#platform/config/database-url.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaProblems, kafkaShape } from '#platform/config/kafka-config.js';
import { pageNames } from '../page/built-page.js';
import { READ_URL } from '../read-server/read-url.js';

const httpUrl = z.string().refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
  error: 'must be http://host:port',
});

const BASE_PATH = 'must be / or a path such as /messages, of letters, digits, ".", "_", "~" and "-" between slashes';

/** `/` becomes an empty text, and a slash at the end is removed, so that any path of the gateway can be appended. */
const basePath = z
  .string()
  .max(200, { error: 'must have at most 200 characters' })
  .regex(/^\/(?:[\w~.-]+\/)*[\w~.-]*$/, { error: BASE_PATH })
  .refine((path) => !/\/\.{1,2}(?:\/|$)/.test(path), { error: BASE_PATH })
  .transform((path) => path.replace(/\/$/, ''))
  .refine((path) => !ownNames().includes(path.split('/')[1] ?? ''), {
    error: 'must not begin with a path of the gateway itself, such as /api, /docs or /overview',
  });

/** The first names of the gateway's own paths. Behind a proxy that strips the prefix, the two could not be told apart. */
function ownNames(): string[] {
  const ofPage = pageNames().filter((name) => name !== '');
  return ['api', 'assets', 'docs', 'openapi.json', 'livez', 'readyz', 'healthz', 'health', 'metrics', ...ofPage];
}

const gatewayShape = {
  ...httpShape,
  ...kafkaShape,
  ...databaseShape,
  /** The server that answers REST and the page, usually a standby. Default: that of DATABASE_URL. */
  MART_READ_URL: secret(READ_URL, (url) => databaseUrlProblem(url, false)).optional(),
  CONSUMER_GROUP_ID: z.string().default('messages-consumer'),
  /** The engine that writes the mart. The other engine may be absent. */
  PIPELINE_ENGINE: z
    .enum(['consumer', 'spark', 'both'], { error: 'must be consumer, spark or both' })
    .default('consumer'),
  /** Page of the Spark master; probes and metrics of the Spark job. Without both, Spark is not probed. */
  SPARK_MASTER_URL: httpUrl.optional(),
  SPARK_JOB_URL: httpUrl.optional(),
  /** Bearer token that client-level endpoints require. Without it they are closed. */
  GATEWAY_API_TOKEN: bearerToken('GATEWAY_API_TOKEN').optional(),
  /** Requests a minute below /api from one address. 6000 is enough for ten open pages with ten requests a second each. */
  GATEWAY_RATE_LIMIT: positiveInteger().default(6000),
  /** Number of proxies in front of the gateway whose X-Forwarded-For is trusted. */
  GATEWAY_TRUSTED_PROXIES: integer(0, 10).default(0),
  /** Path below which users reach the gateway. Probes and metrics stay at the root too. */
  GATEWAY_BASE_PATH: z.string().default('/').pipe(basePath),
  /** Connections and time limit of REST queries; health and ledger use another pool. */
  GATEWAY_READ_POOL_SIZE: integer(1, 100).default(4),
  GATEWAY_QUERY_TIMEOUT_MS: integer(100, 600_000).default(10_000),
  /** Event streams that may be open at once. */
  GATEWAY_EVENT_STREAMS: positiveInteger().default(1000),
  /** Logs each request at level info, not only at debug. */
  GATEWAY_ACCESS_LOG: boolean().default(false),
};

/** The fold of the ledger, the probes of two components and /readyz must not wait for each other. */
const MIN_CONNECTIONS = 4;

export type GatewayConfig = ConfigOf<typeof gatewayShape>;

/** @throws ConfigError */
export function readGatewayConfig(env: Environment = process.env): GatewayConfig {
  return readEnv(gatewayShape, env, (config) => {
    const { DATABASE_POOL_SIZE: size } = config;
    const fewConnections = `DATABASE_POOL_SIZE=${size}: must be at least ${MIN_CONNECTIONS}, for the ledger, the component checks and the probes`;
    return [...kafkaProblems(config), ...(size < MIN_CONNECTIONS ? [fewConnections] : [])];
  });
}

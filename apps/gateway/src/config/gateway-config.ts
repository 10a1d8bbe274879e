import { databaseShape } from '#platform/config/database-config.js';
import { readEnv, type ConfigOf, type Environment } from '#platform/config/env.js';
import { httpShape } from '#platform/config/http-config.js';
import { kafkaShape } from '#platform/config/kafka-config.js';

const gatewayShape = { ...httpShape, ...kafkaShape, ...databaseShape };

export type GatewayConfig = ConfigOf<typeof gatewayShape>;

/** @throws ConfigError */
export function readGatewayConfig(env: Environment = process.env): GatewayConfig {
  return readEnv(gatewayShape, env);
}

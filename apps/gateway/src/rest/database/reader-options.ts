import type { DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import type { GatewayConfig } from '../../config/gateway-config.js';

/** The same as for the role analyst, because queries that count clients sort and hash all rows. */
const SESSION = { readOnly: true, settings: { work_mem: '64MB' } };

/** The readers' connection pool: small, read-only, with its own statement timeout. */
export function readerOptions(config: GatewayConfig): DataSourceOptions {
  const reader = {
    ...config,
    DATABASE_URL: config.MART_READ_URL ?? config.DATABASE_URL,
    DATABASE_POOL_SIZE: config.GATEWAY_READ_POOL_SIZE,
    DATABASE_STATEMENT_TIMEOUT_MS: config.GATEWAY_QUERY_TIMEOUT_MS,
  };
  return dataSourceOptions(reader, {
    ...{ applicationName: 'gateway-reader', session: SESSION, pipeline: true },
    mayBeStandby: config.MART_READ_URL !== undefined,
  });
}

import type { DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import type { GatewayConfig } from '../../config/gateway-config.js';

/** What counts clients sorts and hashes all rows: as much memory as the analyst has. */
const session = { readOnly: true, settings: { work_mem: '64MB' } };

/** The pool of the readers of the mart: small, read-only, with a time limit of its own. */
export function readerOptions(config: GatewayConfig): DataSourceOptions {
  const reader = {
    ...config,
    DATABASE_POOL_SIZE: config.GATEWAY_READ_POOL_SIZE,
    DATABASE_STATEMENT_TIMEOUT_MS: config.GATEWAY_QUERY_TIMEOUT_MS,
  };
  return dataSourceOptions(reader, { applicationName: 'gateway-reader', session, pipeline: true });
}

import type { DataSourceOptions } from 'typeorm';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import type { GatewayConfig } from '../../config/gateway-config.js';

/** What counts clients sorts and hashes all rows: as much memory as the analyst has. */
const SESSION = '-c default_transaction_read_only=on -c work_mem=64MB';

/** The pool of the readers of the mart: small, read-only, with a time limit of its own. */
export function readerOptions(config: GatewayConfig): DataSourceOptions {
  const url = new URL(config.DATABASE_URL);
  url.searchParams.set('options', [url.searchParams.get('options'), SESSION].filter(Boolean).join(' '));
  const reader = {
    ...config,
    DATABASE_URL: url.href,
    DATABASE_POOL_SIZE: config.GATEWAY_READ_POOL_SIZE,
    DATABASE_STATEMENT_TIMEOUT_MS: config.GATEWAY_QUERY_TIMEOUT_MS,
  };
  return dataSourceOptions(reader, { applicationName: 'gateway-reader' });
}

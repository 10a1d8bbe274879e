import { Logger } from '@nestjs/common';
import type { DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import type { DatabaseConfig } from '../config/database-config.js';

export interface DatabaseParts {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  entities?: (new () => object)[] | EntitySchema[];
  migrations?: (new () => MigrationInterface)[];
}

/** The one way a DataSource of the pipeline is set up: UTC, bounded waits, never synchronized. */
export function dataSourceOptions(config: DatabaseConfig, parts: DatabaseParts): DataSourceOptions {
  const statementTimeoutMs = config.DATABASE_STATEMENT_TIMEOUT_MS;
  return {
    type: 'postgres',
    url: withSession(config.DATABASE_URL),
    applicationName: parts.applicationName,
    entities: parts.entities ?? [],
    migrations: parts.migrations ?? [],
    synchronize: false,
    installExtensions: false,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: config.DATABASE_CONNECT_TIMEOUT_MS,
    // An idle connection that breaks is replaced by the pool; without a handler the process would die of it.
    poolErrorHandler: (error: Error) => new Logger('Database').warn(`An idle connection was lost: ${error.message}`),
    extra: {
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Longer than probes are apart, so that a probe finds its connection still open.
      idleTimeoutMillis: 60_000,
      statement_timeout: statementTimeoutMs,
      // The server's own timeout comes first; this one is for a server that has gone silent.
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 5000,
    },
  };
}

/** What nobody waits for any more must not go on in the server: without it a statement runs on when its client is gone. */
const SESSION = '-c timezone=UTC -c client_connection_check_interval=1000';

/** Parameters of the URL win over those of the client, so these join whatever options the URL already has. */
function withSession(url: string): string {
  const parsed = new URL(url);
  const own = parsed.searchParams.get('options');
  parsed.searchParams.set('options', [own, SESSION].filter(Boolean).join(' '));
  return parsed.href;
}

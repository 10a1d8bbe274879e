import { Logger } from '@nestjs/common';
import type { DataSource, DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import { WarningThrottle } from '../logging/warning-throttle.js';
import type { DatabaseConfig } from '../config/database-config.js';
import { GuardedClient } from './guarded-client.js';
import { urlsByHost } from '../config/database-url.js';
import { DatabaseHosts } from './database-hosts.js';
import type { SessionOptions } from './session-settings.js';

export interface DatabaseParts {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  entities?: (new () => object)[] | EntitySchema[];
  migrations?: (new () => MigrationInterface)[];
  /** Of the transactions of this pool. */
  session?: SessionOptions;
  /** Statements are sent before the earlier ones are answered; COPY cannot be used then. */
  pipeline?: boolean;
  /** How long a login that is refused at the start is tried again, in ms; 0 unless given. */
  retryRefusedForMs?: number;
}

/** Until mart-init has made the role of the apps, PostgreSQL refuses its password. */
export const ROLE_CREATION_GRACE_MS = 30_000;

/** The one way a DataSource of the pipeline is set up: bounded waits, never synchronized. What a statement needs is set by transaction. */
export function dataSourceOptions(config: DatabaseConfig, parts: DatabaseParts): DataSourceOptions {
  const statementTimeoutMs = config.DATABASE_STATEMENT_TIMEOUT_MS;
  const hosts = new DatabaseHosts(urlsByHost(config.DATABASE_URL));
  return {
    type: 'postgres',
    url: hosts.current,
    // Where TypeORM keeps its table `migrations`, whatever the search_path is.
    schema: 'public',
    applicationName: parts.applicationName,
    entities: parts.entities ?? [],
    migrations: parts.migrations ?? [],
    synchronize: false,
    installExtensions: false,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: config.DATABASE_CONNECT_TIMEOUT_MS,
    // An idle connection that breaks is replaced by the pool; without a handler the process would die of it.
    poolErrorHandler: sayLost,
    extra: {
      Client: GuardedClient,
      hosts,
      onConnect: hosts.refuseStandby,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Longer than probes are apart, so that a probe finds its connection still open.
      idleTimeoutMillis: 60_000,
      pipeline: parts.pipeline ?? false,
      session: withTimeout(statementTimeoutMs, parts.session),
      // The server's own timeout comes first; this one is for a server that has gone silent.
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 5000,
    },
  };
}

/** Once for all pools: an idle_session_timeout of a second would be a line a second. */
const warnings = new WarningThrottle();

function sayLost({ message }: Error): void {
  warnings.warn(new Logger('Database'), message, `An idle connection was lost: ${message}`);
}

/** How `inTransaction` and others begin a transaction of this DataSource. */
export function sessionOf({ options }: DataSource): SessionOptions {
  const { session } = ('extra' in options && (options.extra as { session?: SessionOptions } | undefined)) || {};
  return session ?? {};
}

function withTimeout(milliseconds: number, session: SessionOptions = {}): SessionOptions {
  return { ...session, settings: { statement_timeout: String(milliseconds), ...session.settings } };
}

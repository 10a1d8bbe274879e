import { Logger } from '@nestjs/common';
import type { DataSource, DataSourceOptions, EntitySchema, MigrationInterface } from 'typeorm';
import { WarningThrottle } from '../logging/warning-throttle.js';
import type { DatabaseConfig } from '../config/database-config.js';
import { GuardedClient } from './guarded-client.js';
import { DatabaseHosts } from './database-hosts.js';
import type { SessionOptions } from './session-settings.js';

export interface DatabaseOptions {
  /** Shown in pg_stat_activity. */
  applicationName: string;
  entities?: (new () => object)[] | EntitySchema[];
  migrations?: (new () => MigrationInterface)[];
  /** Options of the transactions of this pool. */
  session?: SessionOptions;
  /** Whether statements are sent before earlier ones are answered. Excludes COPY. */
  pipeline?: boolean;
  /** Whether the server may be a standby, because the app only reads. */
  mayBeStandby?: boolean;
  /** How long a login that is refused at start-up is retried, in ms. Default: 0. */
  retryRefusedForMs?: number;
}

/** PostgreSQL refuses the password of the apps' role until mart-init has created the role. */
export const ROLE_CREATION_GRACE_MS = 30_000;

/** The options of every DataSource: bounded waits, no synchronization. Settings are made in each transaction, see `SESSION_SETTINGS`. */
export function dataSourceOptions(config: DatabaseConfig, options: DatabaseOptions): DataSourceOptions {
  const statementTimeoutMs = config.DATABASE_STATEMENT_TIMEOUT_MS;
  const hosts = new DatabaseHosts(config.DATABASE_URL);
  return {
    type: 'postgres',
    url: hosts.current,
    // Keeps TypeORM's table `migrations` in public, whatever the search_path.
    schema: 'public',
    applicationName: options.applicationName,
    entities: options.entities ?? [],
    migrations: options.migrations ?? [],
    synchronize: false,
    installExtensions: false,
    poolSize: config.DATABASE_POOL_SIZE,
    connectTimeoutMS: config.DATABASE_CONNECT_TIMEOUT_MS,
    // The pool replaces a broken idle connection, but without a handler the error would end the process.
    poolErrorHandler: warnOfLostConnection,
    extra: {
      Client: GuardedClient,
      hosts,
      ...(options.mayBeStandby ? {} : { onConnect: hosts.refuseStandby }),
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Longer than the interval between probes, so that a probe finds its connection still open.
      idleTimeoutMillis: 60_000,
      pipeline: options.pipeline ?? false,
      session: withTimeout(statementTimeoutMs, options.session),
      // Longer than the server's own timeout; this one is for a server that no longer answers.
      query_timeout: statementTimeoutMs === 0 ? 0 : statementTimeoutMs + 5000,
    },
  };
}

/** Shared by all pools: with an idle_session_timeout of one second, each would log a line per second. */
const warnings = new WarningThrottle();

function warnOfLostConnection({ message }: Error): void {
  warnings.warn(new Logger('Database'), message, `An idle connection was lost: ${message}`);
}

/** The session options of this DataSource's transactions. */
export function sessionOf({ options }: DataSource): SessionOptions {
  const { session } = ('extra' in options && (options.extra as { session?: SessionOptions } | undefined)) || {};
  return session ?? {};
}

function withTimeout(milliseconds: number, session: SessionOptions = {}): SessionOptions {
  return { ...session, settings: { statement_timeout: String(milliseconds), ...session.settings } };
}

import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { QueryResult } from 'pg';
import { DataSource } from 'typeorm';
import { messageOf } from '../errors/message-of.js';
import type { HealthState } from '../health/health-registry.js';
import { WarningThrottle } from '../logging/warning-throttle.js';
import { retryForever } from '../retry/backoff.js';
import { connectionFault } from './connection-fault.js';
import { DatabaseRefusedError } from './database-refused-error.js';
import { sessionOf } from './data-source-options.js';
import { singleStatement } from './session-settings.js';
import { isLostServer, sqlStateOf } from './sql-state.js';
import { orStandbyError } from './standby-error.js';
import { withConnection } from './with-connection.js';

const OLDEST_VERSION = 17;

/** Shared by all pools, because those of one variable talk to the same server. */
const warnings = new WarningThrottle();

/** Shorter than the statement timeout, so that a server that no longer answers does not block the probe's connection. */
const PROBE_TIMEOUT_MS = 2000;

/**
 * Connects the app's DataSource in the background. An app that starts before its database is therefore alive, and /readyz says
 * what it waits for. Use the DataSource only after `whenReady`.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly abort = new AbortController();
  private ready?: Promise<DataSource>;
  private lastError: unknown;
  private inFlight?: Promise<HealthState>;

  /**
   * @param retryRefusedForMs how long to retry a refused login, because another program may be creating the role or the database
   * @param variable the variable that names the server, for messages
   */
  constructor(
    private readonly dataSource: DataSource,
    private readonly retryRefusedForMs = 0,
    private readonly variable = 'DATABASE_URL',
  ) {}

  onApplicationBootstrap(): void {
    // Callers of `whenReady` get the rejection; without a caller it must not count as unhandled.
    this.whenReady().catch(() => undefined);
  }

  /** Resolves once the first connection is open. @throws DatabaseRefusedError; an abort error when the app shuts down first */
  whenReady(): Promise<DataSource> {
    this.ready ??= this.connect();
    return this.ready;
  }

  /** Readiness check. Never rejects; concurrent calls share one query. */
  check(): Promise<HealthState> {
    this.inFlight ??= this.probeHealth().finally(() => (this.inFlight = undefined));
    return this.inFlight;
  }

  /** Stops connecting. TypeOrmModule closes an open DataSource after all shutdown hooks. */
  async beforeApplicationShutdown(): Promise<void> {
    this.abort.abort();
    await this.ready?.catch(() => undefined);
  }

  /** Waits for the first connection at start-up. @throws DatabaseRefusedError, which ends the app */
  async failIfRefused(): Promise<void> {
    await this.whenReady().catch((error: unknown) => {
      if (error instanceof DatabaseRefusedError) throw error;
    });
  }

  private async connect(): Promise<DataSource> {
    let refusedAt: number | undefined;
    await retryForever(() => this.initialize(), {
      signal: this.abort.signal,
      isRetriable: (error) => {
        // No other program will mend a certificate.
        if (isBadTls(error)) return false;
        if (!(error instanceof DatabaseRefusedError)) refusedAt = undefined;
        else refusedAt ??= performance.now();
        return refusedAt === undefined || performance.now() - refusedAt < this.retryRefusedForMs;
      },
      onRetry: (error, attempt, delayMs) => {
        this.lastError = error;
        const next = `attempt ${attempt}, next in ${Math.round(delayMs)} ms`;
        const isRefused = error instanceof DatabaseRefusedError;
        const line = isRefused
          ? `${this.server} refuses the connection: ${error.message} Retrying for up to ${this.retryRefusedForMs / 1000} s; ${next}`
          : `${this.server} is not reachable (${messageOf(error)}); ${next}`;
        if (!warnings.shouldWarn(isLostServer(error) ? `outage of ${this.variable}` : messageOf(error)))
          this.logger.debug(line);
        else if (isRefused) this.logger.error(line);
        else this.logger.warn(line);
      },
    });
    this.lastError = undefined;
    this.logger.log(`Connected to ${this.server}`);
    return this.dataSource;
  }

  private async initialize(): Promise<void> {
    try {
      await this.dataSource.initialize();
      await this.refuseOldServer();
    } catch (cause) {
      if (cause instanceof DatabaseRefusedError) throw cause;
      const fault = this.faultOf(cause);
      throw fault === undefined ? cause : new DatabaseRefusedError(fault, { cause });
    }
  }

  private async refuseOldServer(): Promise<void> {
    const { version = '' } = this.dataSource.driver;
    if (Number.parseInt(version) >= OLDEST_VERSION) return;
    await this.dataSource.destroy();
    throw new DatabaseRefusedError(
      `The server runs PostgreSQL ${version}, but ${OLDEST_VERSION} or newer is required. Upgrade it, or name another server in ${this.variable}.`,
    );
  }

  /** Runs a short read-only query in one round trip. @returns its rows @throws Error also when not connected yet */
  probe<Row extends object>(sql: string): Promise<Row[]> {
    return this.statement<Row>(sql, true, PROBE_TIMEOUT_MS);
  }

  /** Runs one statement as a transaction, in one round trip. @returns its rows */
  execute<Row extends object>(sql: string, timeoutMs?: number): Promise<Row[]> {
    return this.statement<Row>(sql, false, timeoutMs);
  }

  private async statement<Row extends object>(sql: string, readOnly: boolean, timeoutMs?: number): Promise<Row[]> {
    if (!this.dataSource.isInitialized) {
      throw new Error(this.lastError === undefined ? 'not connected yet' : messageOf(this.lastError));
    }
    const text = singleStatement(sql, { ...sessionOf(this.dataSource), readOnly });
    const query = timeoutMs === undefined ? { text } : { text, query_timeout: timeoutMs };
    try {
      return await withConnection(this.dataSource, async (_runner, client) => {
        const results = (await client.query(query)) as unknown as QueryResult<Row>[];
        return results.at(-1)!.rows;
      });
    } catch (cause) {
      const fault = this.faultOf(cause);
      throw fault === undefined ? orStandbyError(cause) : new DatabaseRefusedError(fault, { cause });
    }
  }

  private get server(): string {
    return this.variable === 'DATABASE_URL' ? 'PostgreSQL' : `The server of ${this.variable}`;
  }

  private faultOf(error: unknown): string | undefined {
    return connectionFault(error)?.replaceAll('DATABASE_URL', this.variable);
  }

  private async probeHealth(): Promise<HealthState> {
    try {
      await this.probe('SELECT 1');
      return { up: true };
    } catch (error) {
      return { up: false, detail: messageOf(error) };
    }
  }
}

/** Faults of certificates and TLS have no SQLSTATE. */
function isBadTls(error: unknown): boolean {
  return error instanceof DatabaseRefusedError && error.cause !== undefined && sqlStateOf(error) === undefined;
}

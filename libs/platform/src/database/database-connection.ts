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
import { isLostServer } from './sql-state.js';
import { orStandbyError } from './standby-error.js';
import { withConnection } from './with-connection.js';

const OLDEST_VERSION = 17;

/** Of all pools: each meets the same server. */
const warnings = new WarningThrottle();

/** A server that has gone silent must not hold the probe's connection for as long as a statement may take. */
const PROBE_TIMEOUT_MS = 2000;

/**
 * Connects the app's DataSource in the background, so that an app which starts before its database is alive and says on /readyz
 * what it waits for. Use the DataSource after `whenReady`.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Database');
  private readonly abort = new AbortController();
  private ready?: Promise<DataSource>;
  private lastError: unknown;
  private inFlight?: Promise<HealthState>;

  /** @param retryRefusedForMs how long a refused login is tried again: another program may be about to make the role or the database */
  constructor(
    private readonly dataSource: DataSource,
    private readonly retryRefusedForMs = 0,
  ) {}

  onApplicationBootstrap(): void {
    // Whoever waits sees the rejection at shutdown; that nobody waits is no fault.
    this.whenReady().catch(() => undefined);
  }

  /** Resolves once the first connection stands. @throws DatabaseRefusedError; the signal's reason when the app is shut down before */
  whenReady(): Promise<DataSource> {
    this.ready ??= this.connect();
    return this.ready;
  }

  /** For readiness: never rejects, and all who ask while an answer is out get that one. */
  check(): Promise<HealthState> {
    this.inFlight ??= this.ask().finally(() => (this.inFlight = undefined));
    return this.inFlight;
  }

  /** Only ends the first connecting; an open DataSource is closed by TypeOrmModule, after everybody's shutdown hooks. */
  async beforeApplicationShutdown(): Promise<void> {
    this.abort.abort();
    await this.ready?.catch(() => undefined);
  }

  /** For the start of an app, which a refused login ends. @throws DatabaseRefusedError */
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
        if (!(error instanceof DatabaseRefusedError)) refusedAt = undefined;
        else refusedAt ??= performance.now();
        return refusedAt === undefined || performance.now() - refusedAt < this.retryRefusedForMs;
      },
      onRetry: (error, attempt, delayMs) => {
        this.lastError = error;
        const again = `attempt ${attempt}, next in ${Math.round(delayMs)} ms`;
        const isRefused = error instanceof DatabaseRefusedError;
        const line = isRefused
          ? `PostgreSQL refuses the connection: ${error.message} Given up after ${this.retryRefusedForMs / 1000} s; ${again}`
          : `PostgreSQL is not reachable (${messageOf(error)}); ${again}`;
        if (!warnings.shouldWarn(isLostServer(error) ? 'outage' : messageOf(error))) this.logger.debug(line);
        else if (isRefused) this.logger.error(line);
        else this.logger.warn(line);
      },
    });
    this.lastError = undefined;
    this.logger.log('Connected to PostgreSQL');
    return this.dataSource;
  }

  private async initialize(): Promise<void> {
    try {
      await this.dataSource.initialize();
      await this.refuseOldServer();
    } catch (cause) {
      if (cause instanceof DatabaseRefusedError) throw cause;
      const fault = connectionFault(cause);
      throw fault === undefined ? cause : new DatabaseRefusedError(fault, { cause });
    }
  }

  private async refuseOldServer(): Promise<void> {
    const { version = '' } = this.dataSource.driver;
    if (Number.parseInt(version) >= OLDEST_VERSION) return;
    await this.dataSource.destroy();
    throw new DatabaseRefusedError(
      `The server is PostgreSQL ${version}, and ${OLDEST_VERSION} or newer is needed. Upgrade it, or name another one in DATABASE_URL.`,
    );
  }

  /** Rows of a short question, asked over the pool's connections in one round trip. @throws also where there is no connection yet */
  probe<Row extends object>(sql: string): Promise<Row[]> {
    return this.statement<Row>(sql, true, PROBE_TIMEOUT_MS);
  }

  /** One statement in a transaction of its own, in one round trip. @returns its rows */
  execute<Row extends object>(sql: string): Promise<Row[]> {
    return this.statement<Row>(sql, false);
  }

  private async statement<Row extends object>(sql: string, readOnly: boolean, timeoutMs?: number): Promise<Row[]> {
    if (!this.dataSource.isInitialized) {
      throw new Error(this.lastError === undefined ? 'not connected yet' : messageOf(this.lastError));
    }
    const text = singleStatement(sql, { ...sessionOf(this.dataSource), readOnly });
    const question = timeoutMs === undefined ? { text } : { text, query_timeout: timeoutMs };
    try {
      return await withConnection(this.dataSource, async (_runner, client) => {
        const results = (await client.query(question)) as unknown as QueryResult<Row>[];
        return results.at(-1)!.rows;
      });
    } catch (cause) {
      const fault = connectionFault(cause);
      throw fault === undefined ? orStandbyError(cause) : new DatabaseRefusedError(fault, { cause });
    }
  }

  private async ask(): Promise<HealthState> {
    try {
      await this.probe('SELECT 1');
      return { up: true };
    } catch (error) {
      return { up: false, detail: messageOf(error) };
    }
  }
}

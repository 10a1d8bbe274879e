import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { messageOf } from '../errors/message-of.js';
import type { HealthState } from '../health/health-registry.js';
import { retryForever } from '../retry/backoff.js';
import { withConnection } from './with-connection.js';

/** A server that has gone silent must not hold the probe's connection for as long as a statement may take. */
const probeTimeoutMs = 2000;

/**
 * Connects the app's DataSource in the background, so that an app which starts before its database is alive and says on /readyz
 * what it waits for. Use the DataSource after `whenReady`.
 */
@Injectable()
export class DatabaseConnection implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Database');
  readonly #abort = new AbortController();
  #ready?: Promise<DataSource>;
  #lastError: unknown;
  #inFlight?: Promise<HealthState>;

  constructor(private readonly dataSource: DataSource) {}

  onApplicationBootstrap(): void {
    // Whoever waits sees the rejection at shutdown; that nobody waits is no fault.
    this.whenReady().catch(() => undefined);
  }

  /** Resolves once the first connection stands; rejects only when the app is shut down before. */
  whenReady(): Promise<DataSource> {
    this.#ready ??= this.connect();
    return this.#ready;
  }

  /** For readiness: never rejects, and all who ask while an answer is out get that one. */
  check(): Promise<HealthState> {
    this.#inFlight ??= this.ask().finally(() => (this.#inFlight = undefined));
    return this.#inFlight;
  }

  /** Only ends the first connecting; an open DataSource is closed by TypeOrmModule, after everybody's shutdown hooks. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#abort.abort();
    await this.#ready?.catch(() => undefined);
  }

  private async connect(): Promise<DataSource> {
    await retryForever(() => this.dataSource.initialize(), {
      signal: this.#abort.signal,
      onRetry: (error, attempt, delayMs) => {
        this.#lastError = error;
        this.#logger.warn(
          `PostgreSQL is not reachable (${messageOf(error)}); attempt ${attempt}, next in ${Math.round(delayMs)} ms`,
        );
      },
    });
    this.#lastError = undefined;
    this.#logger.log('Connected to PostgreSQL');
    return this.dataSource;
  }

  /** Rows of a short question, asked over the pool's connections. @throws also where there is no connection yet */
  async probe<Row extends object>(sql: string): Promise<Row[]> {
    if (!this.dataSource.isInitialized) {
      throw new Error(this.#lastError === undefined ? 'not connected yet' : messageOf(this.#lastError));
    }
    const question = { text: sql, query_timeout: probeTimeoutMs };
    return withConnection(this.dataSource, async (_runner, client) => (await client.query<Row>(question)).rows);
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

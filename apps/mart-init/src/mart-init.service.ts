import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { fileCalls } from '#platform/csv/file-calls.js';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { classifyDatabaseError } from '#platform/database/sql-state.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { retryForever } from '#platform/retry/backoff.js';
import { REFERENCE_FOLDER } from './config/mart-init-config.js';
import { InterruptedError } from './interrupted-error.js';
import { MigrateService } from './migrate/migrate.service.js';
import { findReferenceFiles } from './reference/reference-files.js';
import { ReferenceLoaderService } from './reference/reference-loader.service.js';
import { PreflightService } from './preflight/preflight.service.js';

/** Runs the command: wait for PostgreSQL, check the database, migrate, load. */
@Injectable()
export class MartInitService implements OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('MartInit');
  private readonly retries;
  private readonly abort = new AbortController();
  private running?: Promise<void>;

  constructor(
    private readonly connection: DatabaseConnection,
    private readonly preflight: PreflightService,
    private readonly migrations: MigrateService,
    private readonly loader: ReferenceLoaderService,
    @Inject(REFERENCE_FOLDER) private readonly folder: string | undefined,
    metrics: Metrics,
    health: HealthRegistry,
  ) {
    health.registerReadiness('files', () => fileCalls.health());
    this.retries = metrics.counter('retries');
    this.retries.inc({ dependency: 'postgresql' }, 0);
  }

  /** @throws DatabaseRefusedError, PreflightError, ReferenceFilesError, BadLinesError, InterruptedError when the app is shut down before it finishes. */
  run(): Promise<void> {
    this.running ??= this.migrateAndLoad();
    return this.running;
  }

  onModuleDestroy(): void {
    this.abort.abort();
    fileCalls.end();
  }

  /** Waits until the current transaction is rolled back; the pool is closed afterwards. */
  async onApplicationShutdown(): Promise<void> {
    await this.running?.catch(() => undefined);
  }

  private async migrateAndLoad(): Promise<void> {
    try {
      // First, so that a mistyped folder is reported without waiting for the database.
      const files = this.folder === undefined ? undefined : await findReferenceFiles(this.folder);
      await this.connection.whenReady();
      await this.retry(() => this.preflight.check());
      await this.retry(() => this.migrations.migrate(this.abort.signal));
      if (files) await this.retry(() => this.loader.load(files, this.abort.signal));
      else this.logger.log('No reference folder given (--reference DIR): ran the migrations only');
    } catch (cause) {
      throw this.abort.signal.aborted ? new InterruptedError({ cause }) : cause;
    }
  }

  /** Repeats a step after an outage or conflict. Each step is one idempotent transaction. */
  private retry(step: () => Promise<void>): Promise<void> {
    return retryForever(step, {
      signal: this.abort.signal,
      isRetriable: (error) => ['outage', 'conflict'].includes(classifyDatabaseError(error)),
      onRetry: (error, attempt, delayMs) => {
        this.retries.inc({ dependency: 'postgresql' });
        const message = (error as Error).message;
        this.logger.warn(`Rolled back (${message}); attempt ${attempt}, retrying in ${Math.round(delayMs)} ms`);
      },
    });
  }
}

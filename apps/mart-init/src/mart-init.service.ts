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

/** The whole of the command: wait for PostgreSQL, migrate, load. */
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

  /** @throws DatabaseRefusedError, PreflightError, ReferenceFilesError, BadLinesError, InterruptedError when the app is shut down before the end. */
  run(): Promise<void> {
    this.running ??= this.migrateAndLoad();
    return this.running;
  }

  onModuleDestroy(): void {
    this.abort.abort();
    fileCalls.end();
  }

  /** The pool is closed after this, so the transaction under way is rolled back first. */
  async onApplicationShutdown(): Promise<void> {
    await this.running?.catch(() => undefined);
  }

  private async migrateAndLoad(): Promise<void> {
    try {
      // Before anything is touched: a mistyped folder is no reason to wait for a database.
      const files = this.folder === undefined ? undefined : await findReferenceFiles(this.folder);
      await this.connection.whenReady();
      await this.persist(() => this.preflight.check());
      await this.persist(() => this.migrations.migrate(this.abort.signal));
      if (files) await this.persist(() => this.loader.load(files, this.abort.signal));
      else this.logger.log('No reference folder given (--reference DIR): only the migrations were run');
    } catch (cause) {
      throw this.abort.signal.aborted ? new InterruptedError({ cause }) : cause;
    }
  }

  /** Each step is one transaction and changes nothing when repeated, so after an outage it is simply done again. */
  private persist(step: () => Promise<void>): Promise<void> {
    return retryForever(step, {
      signal: this.abort.signal,
      isRetriable: (error) => ['outage', 'conflict'].includes(classifyDatabaseError(error)),
      onRetry: (error, attempt, delayMs) => {
        this.retries.inc({ dependency: 'postgresql' });
        const message = (error as Error).message;
        this.logger.warn(`Rolled back (${message}); attempt ${attempt}, again in ${Math.round(delayMs)} ms`);
      },
    });
  }
}

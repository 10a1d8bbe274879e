import { Injectable, Logger } from '@nestjs/common';
import { DataSource, MigrationExecutor } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { waitForLock } from '../mart-init-lock.js';

/** Brings the tables to the version that this program knows. */
@Injectable()
export class MigrateService {
  readonly #logger = new Logger('Migrations');

  constructor(private readonly dataSource: DataSource) {}

  /** Runs the migrations that are pending, all or none. A second process that does the same at the same time waits for this one. */
  async migrate(signal: AbortSignal): Promise<void> {
    const executed = await inTransaction(this.dataSource, async (runner) => {
      await waitForLock(runner, signal, this.#logger);
      return new MigrationExecutor(this.dataSource, runner).executePendingMigrations();
    });
    for (const { name } of executed) this.#logger.log(`Executed ${name}`);
    if (executed.length === 0) this.#logger.log('The tables are up to date: no migration was pending');
  }
}

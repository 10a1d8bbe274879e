import { Inject, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import type { Passwords } from '#schema/mart/grant-access.js';
import { ROLE_PASSWORDS } from '../config/mart-init-config.js';
import { waitForLock } from '../mart-init-lock.js';

/** Brings tables, views and roles up to date. */
@Injectable()
export class MigrateService {
  private readonly logger = new Logger('Migrations');

  constructor(
    private readonly dataSource: DataSource,
    @Inject(ROLE_PASSWORDS) private readonly passwords: Passwords,
  ) {}

  /** Migrates in one transaction. A concurrent mart-init waits until it ends. */
  async migrate(signal: AbortSignal): Promise<void> {
    const { migrations, restoredTriggers, redefined, missingRoles } = await inTransaction(
      this.dataSource,
      async (runner) => {
        await waitForLock(runner, signal, this.logger);
        return migrate(this.dataSource, runner, this.passwords);
      },
    );
    for (const name of migrations) this.logger.log(`Executed ${name}`);
    if (migrations.length === 0) this.logger.log('The tables are up to date: no migrations were pending');
    if (restoredTriggers.length > 0) {
      this.logger.warn(
        `These triggers of messages were missing or disabled: ${restoredTriggers.join(', ')}. They count again, and all ` +
          'rows were recounted, as some may have been written meanwhile',
      );
    }
    this.logger.log(redefined ? 'Created the views of the schema mart' : 'The views of the schema mart are up to date');
    if (missingRoles.length > 0) {
      this.logger.warn(
        `No privileges were granted, because this user may not create the missing roles. Run as a superuser: ` +
          `${missingRoles.map((role) => `CREATE ROLE ${role};`).join(' ')} Then run mart-init again.`,
      );
    }
  }
}

import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { defineMart } from './mart/define-mart.js';
import { grantAccess, type Passwords } from './mart/grant-access.js';
import { restoreTriggers } from './mart/ledger-triggers.js';

/** What a run of `migrate` changed. */
export interface MigrationResult {
  /** Names of the migrations that ran. */
  readonly migrations: readonly string[];
  /** Triggers of messages that were missing or disabled. They were created again, and the ledger was rebuilt. */
  readonly restoredTriggers: readonly string[];
  /** Whether the schema mart was recreated. */
  readonly redefined: boolean;
  /** Missing roles that this user may not create. Without analyst or messaging_app, nothing was granted. */
  readonly missingRoles: readonly string[];
}

/**
 * Migrates a database to this program's version: first the tables, then the views of the mart, then roles and privileges.
 * All or nothing if the runner is in a transaction. A second run changes nothing.
 *
 * @param dataSource with the migrations of migrations.ts
 */
export async function migrate(
  dataSource: DataSource,
  runner: QueryRunner,
  passwords: Passwords = {},
): Promise<MigrationResult> {
  const executor = new MigrationExecutor(dataSource, runner);
  // The caller manages the transaction.
  executor.transaction = 'none';
  const executed = await executor.executePendingMigrations();
  const restoredTriggers = await restoreTriggers(runner);
  const redefined = await defineMart(runner);
  const missingRoles = await grantAccess(runner, passwords);
  return { migrations: executed.map(({ name }) => name), restoredTriggers, redefined, missingRoles };
}

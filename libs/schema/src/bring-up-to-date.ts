import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { defineMart } from './mart/define-mart.js';
import { grantAccess, type Passwords } from './mart/grant-access.js';

/** What there was to do. */
export interface BroughtUpToDate {
  /** Names of the migrations that were run. */
  readonly migrations: readonly string[];
  /** Whether the schema mart was made anew. */
  readonly redefined: boolean;
  /** Roles that are missing, and that this user may not make; nobody but the owner can use the mart then. */
  readonly missingRoles: readonly string[];
}

/**
 * Brings a database to the version that this program knows: migrations for what holds data, then the views, then who may
 * use what. All or nothing when the runner is in a transaction; a second time it changes nothing.
 *
 * @param dataSource with the migrations of migrations.ts
 */
export async function bringUpToDate(
  dataSource: DataSource,
  runner: QueryRunner,
  passwords: Passwords = {},
): Promise<BroughtUpToDate> {
  const executor = new MigrationExecutor(dataSource, runner);
  // Transactions are the caller's.
  executor.transaction = 'none';
  const executed = await executor.executePendingMigrations();
  const redefined = await defineMart(runner);
  const missingRoles = await grantAccess(runner, passwords);
  return { migrations: executed.map(({ name }) => name), redefined, missingRoles };
}

import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { classifyDatabaseError } from './sql-state.js';
import { withConnection } from './with-connection.js';

/**
 * Runs `work` in one transaction: TypeORM's runner, or the pg client of the same connection, for COPY.
 *
 * @throws what `work` or the commit threw. A commit that failed by an outage may have happened all the same.
 */
export function inTransaction<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner, client: PoolClient) => Promise<T>,
): Promise<T> {
  return withConnection(dataSource, async (runner, client) => {
    try {
      await runner.startTransaction();
      const result = await work(runner, client);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (classifyDatabaseError(error) !== 'outage' && runner.isTransactionActive) await rollBack(runner, error);
      throw error;
    }
  });
}

/** Where even that fails, the connection is unfit for others: the rollback's own error is thrown, the first one its cause. */
async function rollBack(runner: QueryRunner, cause: unknown): Promise<void> {
  try {
    await runner.rollbackTransaction();
  } catch (error) {
    throw Object.assign(error as Error, { cause });
  }
}

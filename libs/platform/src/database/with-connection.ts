import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { classifyDatabaseError } from './sql-state.js';

/**
 * Runs `work` on one connection of the DataSource's pool, as TypeORM's runner and as the underlying pg client. After an outage the
 * connection is destroyed rather than returned: the pool reuses the last connection first, so the next attempt would get the same
 * dead socket until TCP notices.
 */
export async function withConnection<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner, client: PoolClient) => Promise<T>,
): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    try {
      return await work(runner, client);
    } catch (error) {
      if (classifyDatabaseError(error) === 'outage') destroy(client);
      throw error;
    }
  } finally {
    await runner.release();
  }
}

/** Makes the pool drop the client on release. Not awaited, because a dead server never answers. */
export function destroy(client: PoolClient): void {
  (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
}

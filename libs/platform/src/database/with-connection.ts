import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { classifyDatabaseError } from './sql-state.js';

/**
 * Runs `work` on one connection of the DataSource's pool, as TypeORM's runner and as the pg client below it. After an outage
 * the connection is destroyed instead of handed back: the pool reuses the last one first, so the next attempt would get the same
 * dead socket, for as long as TCP takes to notice.
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

/** The pool drops a client that is ending when it is released. Not awaited: a dead server never answers. */
export function destroy(client: PoolClient): void {
  (client as unknown as { end(): Promise<void> }).end().catch(() => undefined);
}

import type { PoolClient, QueryResult } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { sessionOf } from './data-source-options.js';
import { beginTransaction } from './session-settings.js';
import { classifyDatabaseError } from './sql-state.js';
import { orStandbyError } from './standby-error.js';
import { withConnection } from './with-connection.js';

/**
 * Runs `work` in one transaction with the settings of `SESSION_SETTINGS`. `work` receives TypeORM's runner, the pg client of the
 * same connection (for COPY), the pid of the server process, and the start time of the server as text.
 *
 * @throws what `work` or the commit threw. A commit that failed in an outage may still have taken effect.
 */
export function inTransaction<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner, client: PoolClient, pid: number, server: string) => Promise<T>,
): Promise<T> {
  return withConnection(dataSource, async (runner, client) => {
    try {
      const { pid, server } = await begin(dataSource, client);
      const result = await work(runner, client, pid, server);
      await commit(client);
      return result;
    } catch (error) {
      if (classifyDatabaseError(error) !== 'outage') await rollBack(client, error);
      throw error;
    }
  });
}

/**
 * @throws Error 25006 from a standby: after a failover another server is the primary
 */
async function begin(dataSource: DataSource, client: PoolClient): Promise<{ pid: number; server: string }> {
  try {
    const results = await client.query(beginTransaction(sessionOf(dataSource)));
    return (results as unknown as QueryResult<{ pid: number; server: string }>[]).at(-1)!.rows[0]!;
  } catch (cause) {
    throw orStandbyError(cause);
  }
}

/** PostgreSQL answers COMMIT of a failed transaction with ROLLBACK, which pg does not treat as an error. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') throw new Error(`COMMIT was answered with ${command}; nothing was stored`);
}

/** If the rollback fails, the connection is unusable. Its error is then thrown, with the first error as the cause. */
async function rollBack(client: PoolClient, cause: unknown): Promise<void> {
  try {
    await client.query('ROLLBACK');
  } catch (error) {
    throw Object.assign(error as Error, { cause });
  }
}

import { Client } from 'pg';
import { query } from './mart-database.js';

/** Blocks writes to `messages`, but not reads. @returns a function that releases the lock */
export function lockMessages(url: string): Promise<() => Promise<void>> {
  return holding(url, 'BEGIN; LOCK TABLE messages IN EXCLUSIVE MODE');
}

/** Runs a statement on a connection that stays open, with its locks, until the returned function is called. */
export async function holding(url: string, sql: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  // The server may be killed while the connection is open.
  client.on('error', () => undefined);
  await client.connect();
  await client.query(sql);
  return () => client.end();
}

/** Whether a client waits for a lock on the table. Autovacuum, which also waits, does not count. */
export async function isWriteWaiting(url: string, table = 'messages'): Promise<boolean> {
  const waiting = await query(
    url,
    `SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
     WHERE relation = '${table}'::regclass AND NOT granted AND datname = current_database()
       AND backend_type = 'client backend'`,
  );
  return waiting.length > 0;
}

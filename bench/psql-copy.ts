import { spawnSync } from 'node:child_process';
import type { Client } from 'pg';

/**
 * The upper limit: psql's \copy of the clean rows into an identical table with identical indexes.
 *
 * @returns rows per second
 */
export async function copyByPsql(client: Client, databaseUrl: string, path: string, rows: number): Promise<number> {
  await client.query('CREATE TABLE psql_copy (LIKE messages INCLUDING ALL)');
  await client.query('CHECKPOINT').catch(() => undefined); // makes runs comparable; it needs a privilege that the role may lack
  const began = performance.now();
  const { status, error, stderr } = spawnSync(
    'psql',
    [databaseUrl, '-v', 'ON_ERROR_STOP=1', '-qc', `\\copy psql_copy from '${path}' with (null '')`],
    { encoding: 'utf8' },
  );
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`psql failed; install PostgreSQL's client. ${error?.message ?? stderr}`);
  await client.query('DROP TABLE psql_copy');
  return rows / seconds;
}

import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { migrations } from '#schema/migrations.js';
import { dropDatabase, type TestDatabase } from './test-database.js';

export type MartDatabase = Pick<TestDatabase, 'url' | 'drop'>;

/** An arbitrary number that no other advisory lock on the server uses. */
const TEMPLATE_LOCK = 7_266_001;

/** Protects the queries of a test from settings that the test makes for its database. */
const OPTIONS = ['timezone=UTC', 'statement_timeout=0', 'transaction_timeout=0', 'restrict_nonsystem_relation_kind=']
  .map((each) => `-c ${each}`)
  .join(' ');

/** Runs `work` on one connection, which is closed afterwards. Times are shown in UTC. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, options: OPTIONS });
  // The server may be stopped during a query; the query itself then fails.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

export async function query<R extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
  return withClient(url, async (client) => (await client.query<R>(sql, [...values])).rows);
}

/** Creates a migrated database for one test. Copying a template takes a fraction of the time of the migrations. */
export async function createMartDatabase(serverUrl: string): Promise<MartDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await withClient(serverUrl, async (client) => {
    const template = await ensureTemplate(client, serverUrl);
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  });
  return { url: databaseUrl(serverUrl, name), drop: () => dropDatabase(serverUrl, name) };
}

/** The template's name contains a hash of the schema, so a server that outlives a run never offers an outdated template. */
async function ensureTemplate(client: Client, serverUrl: string): Promise<string> {
  const name = `mart_template_${await hashOfSchema()}`;
  const unfinished = `${name}_unfinished`;
  await client.query('SELECT pg_advisory_lock($1)', [TEMPLATE_LOCK]);
  try {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) {
      await client.query(`DROP DATABASE IF EXISTS ${unfinished}`);
      await client.query(`CREATE DATABASE ${unfinished}`);
      await migrateDatabase(databaseUrl(serverUrl, unfinished));
      await client.query(`ALTER DATABASE ${unfinished} RENAME TO ${name}`);
    }
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [TEMPLATE_LOCK]);
  }
  return name;
}

export async function migrateDatabase(url: string): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url, migrations, installExtensions: false }).initialize();
  try {
    await inTransaction(dataSource, (runner) => migrate(dataSource, runner));
  } finally {
    await dataSource.destroy();
  }
}

/** Hashes the whole library, which is small, so that there is no list of files to maintain. */
async function hashOfSchema(): Promise<string> {
  const folder = new URL('../../libs/schema/src/', import.meta.url);
  const hash = createHash('sha256');
  for (const file of (await readdir(folder, { recursive: true })).sort()) {
    if (file.endsWith('.ts')) hash.update(file).update(await readFile(new URL(file, folder)));
  }
  return hash.digest('hex').slice(0, 16);
}

function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

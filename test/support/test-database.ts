import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { waitUntil } from './wait-until.js';

/** A database for one spec, on the server of the test run. */
export interface TestDatabase {
  /** Connection URL of the new database, for `DATABASE_URL` of an app. */
  readonly url: string;
  /** Creates the empty database again after drop(). createTestDatabase has already created it once. */
  create(): Promise<void>;
  /** Removes the database and closes connections that a test left open. */
  drop(): Promise<void>;
}

/**
 * Creates an empty database on the server of `DATABASE_URL`, which jest's globalSetup sets.
 * @throws Error when `DATABASE_URL` is missing, because an integration test needs a real server
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      'DATABASE_URL is not set: run the suite with `npm test`, or set it to a PostgreSQL server you may use.',
    );
  }
  // Random, because runs may share a server. Lower case, to avoid quoting.
  const name = `test_${randomBytes(8).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database: TestDatabase = {
    url: url.href,
    create: () => execute(serverUrl, `CREATE DATABASE ${name}`),
    drop: () => dropDatabase(serverUrl, name),
  };
  await database.create();
  return database;
}

/**
 * Removes a database, even if there are connections to it. WITH (FORCE) fails while autovacuum works on the database, because
 * only a superuser may terminate it; a plain DROP makes autovacuum stop.
 */
export async function dropDatabase(serverUrl: string, name: string): Promise<void> {
  const drop = `DROP DATABASE IF EXISTS ${name}`;
  await waitUntil(`${name} is removed`, async () => {
    await execute(serverUrl, `${drop} WITH (FORCE)`).catch(() => execute(serverUrl, drop));
    return true;
  });
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

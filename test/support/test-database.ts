import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { waitUntil } from './wait-until.js';

/** A database of a spec's own on the server of the test run. */
export interface TestDatabase {
  /** Connection URL of the new database, for `DATABASE_URL` of an app. */
  readonly url: string;
  /** Makes it, empty; createTestDatabase has done that already. For tests in which it comes and goes. */
  create(): Promise<void>;
  /** Removes the database; connections that a test left open are ended, not waited for. */
  drop(): Promise<void>;
}

/**
 * Makes an empty database on the server that `DATABASE_URL` names (jest's globalSetup sets it).
 * @throws Error when `DATABASE_URL` is missing: without a real server an integration test proves nothing.
 */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      'DATABASE_URL is not set: run the suite with `npm test`, or set it to a PostgreSQL server you may use.',
    );
  }
  // Random, so that runs that share a server do not meet; lower case, so that it needs no quotes anywhere.
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
 * Removes a database, also one that somebody is connected to. While autovacuum is at work in it WITH (FORCE) fails, since only a
 * superuser may end that one; a plain DROP has it end by itself.
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

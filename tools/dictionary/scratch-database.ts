import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { migrations } from '#schema/migrations.js';
import { withPostgres } from '../../dev/services/connect.js';
import { withMartReader } from '../../dev/services/mart-reader.js';

/** Creating or dropping a database takes seconds on a busy server. */
const STATEMENT_MS = 60_000;

/** Creates a database, migrates it as mart-init does, and drops it after `work`. */
export async function withMigratedDatabase<T>(serverUrl: string, work: (client: Client) => Promise<T>): Promise<T> {
  // Random, so that runs on a shared server do not collide; lower case, so that it needs no quotes.
  const name = `dictionary_${randomBytes(8).toString('hex')}`;
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const atServer = async (server: Client): Promise<T> => {
    await server.query(`CREATE DATABASE ${name}`);
    try {
      await migrateDatabase(url.href);
      return await withMartReader(url.href, work);
    } finally {
      await server.query(`DROP DATABASE IF EXISTS ${name}`);
    }
  };
  return withPostgres(serverUrl, atServer, STATEMENT_MS);
}

async function migrateDatabase(url: string): Promise<void> {
  const config = readEnv(databaseShape, { DATABASE_URL: url, DATABASE_STATEMENT_TIMEOUT_MS: '0' });
  const dataSource = await new DataSource(
    dataSourceOptions(config, { applicationName: 'docs', migrations }),
  ).initialize();
  try {
    await inTransaction(dataSource, (runner) => migrate(dataSource, runner));
  } finally {
    await dataSource.destroy();
  }
}

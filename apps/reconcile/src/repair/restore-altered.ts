import { pipeline } from 'node:stream/promises';
import type { Readable } from 'node:stream';
import { from as copyFrom } from 'pg-copy-streams';
import { DataSource } from 'typeorm';
import type { DatabaseConfig } from '#platform/config/database-config.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import * as sql from './repair-sql.js';

/**
 * Sets altered rows of the mart to the contents of the files, in one transaction. The topic could not: of two records with the same
 * version the stored one stays.
 *
 * @param altered lines of COPY's text
 * @returns how many rows were updated
 */
export async function restoreAltered(config: DatabaseConfig, altered: Readable): Promise<number> {
  const dataSource = await new DataSource(
    dataSourceOptions(config, { applicationName: 'reconcile-repair' }),
  ).initialize();
  try {
    return await inTransaction(dataSource, async (_, client) => {
      await client.query(sql.CREATE_REPAIRS);
      await pipeline(altered, client.query(copyFrom(sql.COPY_REPAIRS)));
      await client.query(sql.LOCK_ERASED);
      await client.query(sql.LOCK_ROWS);
      const { rowCount } = await client.query(sql.UPDATE_ALTERED);
      return rowCount ?? 0;
    });
  } finally {
    await dataSource.destroy();
  }
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, type QueryRunner } from 'typeorm';
import { NULLABLE_COLUMNS } from '#schema/columns.js';
import { columnsCounted, countMissingValues, ignoreMissingValues } from '#schema/migrations/count-missing-values.js';
import { ledgerDifferences } from '../support/ledger.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { insertMessages } from '../support/message-rows.js';

let database: MartDatabase;
let dataSource: DataSource;
let runner: QueryRunner;

beforeAll(async () => {
  database = await createMartDatabase(process.env['DATABASE_URL']!);
  dataSource = await new DataSource({ type: 'postgres', url: database.url, installExtensions: false }).initialize();
  runner = dataSource.createQueryRunner();
});

afterAll(async () => {
  await runner?.release();
  await dataSource?.destroy();
  await database?.drop();
});

function everywhere(columns: readonly string[]): Record<string, readonly string[]> {
  return { count_delete: columns, count_insert: columns, count_update: columns, recount: columns };
}

describe('the ledger counts the missing values of', () => {
  it('every column that can be null; if not, call countMissingValues in the migration that adds the column', async () => {
    expect(await columnsCounted(runner)).toEqual(everywhere(NULLABLE_COLUMNS));
  });

  it('a column that a migration adds, until it is dropped', async () => {
    const insert = () => withClient(database.url, (client) => insertMessages(client, [{}]));
    const missing = (bit: number) =>
      query(database.url, `SELECT sum(n)::int AS n FROM ledger.entries WHERE cube = 'quality' AND nulls & $1 <> 0`, [
        2 ** (NULLABLE_COLUMNS.length + bit),
      ]);
    await insert();

    await runner.query('ALTER TABLE messages ADD COLUMN added_text text, ADD COLUMN added_number bigint');
    await countMissingValues(runner, ['added_text', 'added_number']);
    expect(await columnsCounted(runner)).toEqual(everywhere([...NULLABLE_COLUMNS, 'added_text', 'added_number']));
    await insert();
    await runner.query('UPDATE messages SET added_number = 3 WHERE id = 1');
    expect([await missing(0), await missing(1)]).toEqual([[{ n: 2 }], [{ n: 1 }]]);
    expect(await ledgerDifferences(database.url)).toEqual([]);

    await ignoreMissingValues(runner, ['added_text', 'added_number']);
    await runner.query('ALTER TABLE messages DROP COLUMN added_text, DROP COLUMN added_number');
    await insert();
    expect(await columnsCounted(runner)).toEqual(everywhere(NULLABLE_COLUMNS));
    expect(await ledgerDifferences(database.url)).toEqual([]);
  });
});

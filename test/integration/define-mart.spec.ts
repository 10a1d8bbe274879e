import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { defineMart } from '#schema/mart/define-mart.js';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { migrations } from '#schema/migrations.js';
import { createMartDatabase, query, type MartDatabase } from '../support/mart-database.js';

jest.setTimeout(30_000);

let database: MartDatabase;
let dataSource: DataSource;

beforeEach(async () => {
  database = await createMartDatabase(process.env['DATABASE_URL']!);
  dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    migrations,
    installExtensions: false,
  }).initialize();
});

afterEach(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

/** Changes the comment that identifies the version, as if another version had defined the mart. */
function pretendOtherVersion(): Promise<unknown> {
  return query(database.url, `COMMENT ON SCHEMA mart IS 'The mart of another version'`);
}

function objects(): Promise<{ name: string }[]> {
  return query(
    database.url,
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'mart'::regnamespace AND relkind = 'v'
     UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'mart'::regnamespace ORDER BY 1`,
  );
}

it('creates every view and function, and changes nothing the second time', async () => {
  const names = MART_OBJECTS.map(({ name }) => name).sort();
  expect((await objects()).map(({ name }) => name)).toEqual(names);
  expect(await inTransaction(dataSource, (runner) => migrate(dataSource, runner))).toEqual({
    migrations: [],
    restoredTriggers: [],
    redefined: false,
    missingRoles: [],
  });
});

it('replaces the mart of another version, drops objects that no longer exist, and renews the grants', async () => {
  await query(
    database.url,
    `DROP VIEW mart.topic_rates; CREATE VIEW mart.old_rates AS SELECT * FROM mart.channel_rates;
     CREATE FUNCTION mart.old_costs() RETURNS SETOF mart.old_rates LANGUAGE sql AS 'SELECT * FROM mart.old_rates'`,
  );
  await pretendOtherVersion();

  await inTransaction(dataSource, (runner) => migrate(dataSource, runner));
  expect((await objects()).map(({ name }) => name)).toEqual(MART_OBJECTS.map(({ name }) => name).sort());
  const [row] = await query(
    database.url,
    `SELECT has_table_privilege('analyst', 'mart.topic_rates', 'SELECT') AS reads`,
  );
  expect(row).toEqual({ reads: true });
});

it('changes nothing if a foreign view depends on the mart, and names that view', async () => {
  await query(
    database.url,
    'CREATE SCHEMA team; CREATE VIEW team.mine AS SELECT channel, open_rate FROM mart.channel_rates',
  );
  await pretendOtherVersion();
  const before = await objects();

  await expect(inTransaction(dataSource, defineMart)).rejects.toMatchObject({
    code: '2BP01',
    detail: expect.stringContaining('view team.mine depends on view mart.channel_rates'),
  });
  expect(await objects()).toEqual(before);
  expect(await query(database.url, 'SELECT * FROM team.mine')).toEqual([]);
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { DependentsError } from '#schema/mart/dependents-error.js';
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

describe('objects of others that read the mart', () => {
  beforeEach(() =>
    query(
      database.url,
      `CREATE SCHEMA team;
       CREATE VIEW team.weekly AS SELECT channel, open_rate FROM mart.channel_rates;
       CREATE MATERIALIZED VIEW team.monthly AS SELECT * FROM team.weekly;
       CREATE FUNCTION team.rates() RETURNS SETOF mart.channel_rates LANGUAGE sql AS 'SELECT * FROM mart.channel_rates';
       CREATE FUNCTION team.best() RETURNS text BEGIN ATOMIC SELECT channel::text FROM mart.channel_rates LIMIT 1; END`,
    ),
  );

  it('stay and work when the mart changes, but not its columns', async () => {
    await pretendOtherVersion();
    expect(await inTransaction(dataSource, defineMart)).toBe(true);
    expect(await query(database.url, 'SELECT * FROM team.weekly, team.monthly, team.rates()')).toEqual([]);
  });

  it('stay and work when other views of the mart lose columns', async () => {
    await query(
      database.url,
      `DROP VIEW mart.topic_rates; CREATE VIEW mart.topic_rates AS SELECT 1 AS topic, 2 AS former`,
    );
    await pretendOtherVersion();
    expect(await inTransaction(dataSource, defineMart)).toBe(true);
    expect(
      await query(database.url, 'SELECT former FROM mart.topic_rates').catch(({ code }: { code: string }) => code),
    ).toBe('42703');
    expect(await query(database.url, 'SELECT * FROM team.weekly')).toEqual([]);
  });

  it('are all named with the statements that drop them, if a view that they read must be dropped; nothing is changed', async () => {
    const { sql } = MART_OBJECTS.find(({ name }) => name === 'channel_rates')!;
    await query(database.url, `CREATE OR REPLACE VIEW mart.channel_rates AS SELECT *, 1 AS former FROM (${sql}) AS it`);
    await pretendOtherVersion();
    const before = await objects();

    const error = await inTransaction(dataSource, defineMart).catch((reason: Error) => reason);
    expect(error).toBeInstanceOf(DependentsError);
    const { message } = error as Error;
    for (const drop of [
      'DROP VIEW team.weekly;',
      'DROP MATERIALIZED VIEW team.monthly;',
      'DROP FUNCTION team.rates();',
      'DROP FUNCTION team.best();',
    ]) {
      expect(message).toContain(drop);
    }
    expect(message).not.toMatch(/DROP (VIEW|FUNCTION) mart/);
    expect(await objects()).toEqual(before);
    expect(await query(database.url, 'SELECT * FROM team.weekly')).toEqual([]);
  });
});

it('replaces functions whose result or parameters have changed, and views that call them', async () => {
  const callers = await query<{ name: string }>(
    database.url,
    `SELECT DISTINCT proname AS name FROM pg_depend JOIN pg_proc ON pg_proc.oid = refobjid
     WHERE classid = 'pg_rewrite'::regclass AND refclassid = 'pg_proc'::regclass AND pronamespace = 'mart'::regnamespace`,
  );
  expect(callers.length).toBeGreaterThan(0);
  const functions = () =>
    query(
      database.url,
      `SELECT oid::regprocedure::text AS name, prorettype::regtype::text FROM pg_proc WHERE pronamespace = 'mart'::regnamespace ORDER BY 1`,
    );
  const before = await functions();
  for (const { name } of before as { name: string }[]) {
    const [plain] = name.replace('mart.', '').split('(');
    await query(
      database.url,
      `CREATE FUNCTION mart.${plain}(a point, b point, c point) RETURNS point LANGUAGE sql AS 'SELECT a'`,
    );
  }
  await query(
    database.url,
    `CREATE VIEW mart.old_points AS SELECT mart.${callers[0]!.name}(point '1,1', point '1,1', point '1,1')`,
  );
  await pretendOtherVersion();
  expect(await inTransaction(dataSource, defineMart)).toBe(true);
  expect(await functions()).toEqual(before);
  expect((await objects()).map(({ name }) => name)).toEqual(MART_OBJECTS.map(({ name }) => name).sort());
});

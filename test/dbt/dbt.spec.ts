import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureVirtualEnvironment } from '../../dev/python/virtual-environment.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { createMartDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { runProgram } from '../support/run-program.js';
import { TestApp } from '../support/test-app.js';

// Every run of dbt takes ten seconds on two slow cores.
jest.setTimeout(300_000);

/** Roles belong to the whole server. */
const ROLE = `dbt_${randomBytes(6).toString('hex')}`;
const PASSWORD = randomBytes(8).toString('hex');

let database: MartDatabase;
let folder: string;
let dbt: (...args: string[]) => Promise<string>;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 2000, 3));
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  folder = await mkdtemp(join(tmpdir(), 'dbt-'));
  await cp(join('examples', 'dbt'), folder, { recursive: true });
  const packages = {
    name: 'The test of dbt',
    title: 'dbt',
    size: '150 MB',
    command: 'npm run test:dbt',
    oldestPython: [3, 10],
    requirements: join('test', 'dbt', 'requirements.txt'),
    hashed: false,
    modules: 'dbt.adapters.postgres',
  } as const;
  const python = await ensureVirtualEnvironment(packages, { folder: '.local/dbt', log: console.log });
  const env = {
    ...{ PATH: toolEnvironment()['PATH'], LC_ALL: 'C.UTF-8', DBT_PROFILES_DIR: '.', NO_COLOR: '1' },
    ...{ PGHOST: url.hostname, PGPORT: url.port, PGDATABASE: name, PGUSER: ROLE, PGPASSWORD: PASSWORD },
  };
  dbt = (...args) => runProgram(join(python, '..', 'dbt'), args, { cwd: folder, env });
});

afterAll(async () => {
  await database?.drop();
  await query(process.env.DATABASE_URL!, `DROP ROLE IF EXISTS ${ROLE}`);
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The rows of a query on what dbt has built, as an analyst sees it. */
async function built<R extends object>(sql: string): Promise<R[]> {
  return withClient(database.url, async (client) => {
    await client.query('SET ROLE analyst');
    return (await client.query<R>(sql)).rows;
  });
}

it('the owner of the database creates the role with the statements of docs/dbt.md', async () => {
  const document = await readFile(join('docs', 'dbt.md'), 'utf8');
  const sql = /^```sql\n([^]*?)^```$/m.exec(document)![1]!;
  await query(
    database.url,
    sql
      .replaceAll(/\b(ROLE|GRANT|AUTHORIZATION|TO) dbt\b/g, `$1 ${ROLE}`)
      .replace('messaging', new URL(database.url).pathname.slice(1))
      .replace('…', PASSWORD),
  );
});

it('dbt builds the example: a view, an incremental table, a snapshot and their tests', async () => {
  expect(await dbt('build')).toMatch(/Done\. PASS=7 WARN=0 ERROR=0 SKIP=0/);

  const [sums] = await built<{ weekly: number; daily: number; clients: number; messages: number }>(
    `SELECT (SELECT sum(sent) FROM dbt.weekly_rates)::int AS weekly,
       (SELECT sum(sent) FROM mart.daily_rates)::int AS daily,
       (SELECT sum(messages) FROM dbt.client_activity)::int AS clients,
       (SELECT count(*) FROM messages)::int AS messages`,
  );
  expect(sums!.messages).toBeGreaterThan(1000);
  expect(sums).toMatchObject({ weekly: sums!.daily, clients: sums!.messages });
});

it('its view stays when mart-init replaces the views of the mart, and the second build adds to table and snapshot', async () => {
  const view = () => built(`SELECT 'dbt.weekly_rates'::regclass::oid, count(*) FROM dbt.weekly_rates`);
  const before = await view();
  await query(database.url, `COMMENT ON SCHEMA mart IS 'The mart of another version'`);
  const martInit = new TestApp('mart-init', { env: { DATABASE_URL: database.url } });
  expect(await martInit.exited).toMatchObject({ code: 0 });
  expect(martInit.output).toContain('Created the views');
  expect(await view()).toEqual(before);

  const key = '(id, campaign_type) = (SELECT id, campaign_type FROM campaigns ORDER BY 1, 2 LIMIT 1)';
  await query(database.url, `UPDATE campaigns SET topic = 'another topic' WHERE ${key}`);
  await query(
    database.url,
    `UPDATE messages SET client_id = 7, updated_at = '2099-01-01' WHERE id = (SELECT max(id) FROM messages)`,
  );
  expect(await dbt('build')).toMatch(/Done\. PASS=7 WARN=0 ERROR=0 SKIP=0/);
  expect(
    await built(
      `SELECT topic IS NOT DISTINCT FROM 'another topic' AS is_new, dbt_valid_to IS NULL AS is_current
       FROM dbt.campaigns_history WHERE ${key} ORDER BY dbt_valid_from`,
    ),
  ).toEqual([
    { is_new: false, is_current: false },
    { is_new: true, is_current: true },
  ]);
  expect(await built('SELECT messages::int FROM dbt.client_activity WHERE client_id = 7')).toEqual([{ messages: 1 }]);
});

it('dbt source freshness reports when messages last changed', async () => {
  expect(await dbt('source', 'freshness')).toMatch(/PASS freshness of public\.messages/);
  const { results } = JSON.parse(await readFile(join(folder, 'target', 'sources.json'), 'utf8')) as {
    results: { max_loaded_at: string }[];
  };
  const rows = await query<{ changed_at: Date }>(database.url, 'SELECT changed_at FROM mart.freshness');
  expect(results.map((result) => new Date(result.max_loaded_at))).toEqual(rows.map((row) => row.changed_at));
});

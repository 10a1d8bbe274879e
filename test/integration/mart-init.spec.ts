import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { REASONS } from '#schema/contract.js';
import { TestApp } from '../support/test-app.js';
import { choosePort } from '../../dev/services/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

const fixtures = fileURLToPath(new URL('../fixtures/reference/', import.meta.url));

/** The rows of fixtures/reference/good and fixtures/reference/shuffled, as PostgreSQL writes them. */
const goodRows = {
  campaigns: [
    String.raw`(5,bulk,email,"shoes, bags and ""more""","2021-05-01 08:30:00.25+00","2021-05-01 09:00:00+00",1200,t,t,300,88,f,t,f,f,t,f,,)`,
    '(5,transactional,email,"order created",,,,,,,,,,,,,,,)',
    String.raw`(9223372036854775807,trigger,multichannel,"back\\slash",,,,,,,24,t,f,f,f,f,f,f,3)`,
  ],
  client_first_purchase_date: ['(1515915625000000001,2022-01-31)', '(1515915625000000002,2024-02-29)'],
  holidays: [`(2022-03-01,"Old Maker's Day")`, '(2022-03-01,"Pancake Day")', '(2022-05-01,"Spring Day")'],
};

const HOLIDAYS_WITH_A_TYPO =
  'date,holiday\n2021-11-26,Black Friday\n2021-11-25,Black Friday\n2023-11-24,Black Friday\n';

const noRows = { campaigns: [], client_first_purchase_date: [], holidays: [] };

interface LogLine {
  level: string;
  message: string;
}

function logOf(app: TestApp): LogLine[] {
  const lines = app.output.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as LogLine);
}

describe('mart-init', () => {
  let database: TestDatabase;
  let sql: Client;
  /** Holds locks in its transaction. The tests read tables through `sql`, which is in no transaction. */
  let blocker: Client;
  let folder: string;
  const apps: TestApp[] = [];

  beforeEach(async () => {
    database = await createTestDatabase();
    sql = await connect();
    blocker = await connect();
    folder = await mkdtemp(join(tmpdir(), 'reference-'));
  });

  afterEach(async () => {
    await Promise.all(apps.splice(0).map((app) => app.kill()));
    await Promise.all([sql.end(), blocker.end()]);
    await database.drop();
    await rm(folder, { recursive: true });
  });

  async function connect(): Promise<Client> {
    const client = new Client({ connectionString: database.url, options: '-c timezone=UTC' });
    await client.connect();
    return client;
  }

  function start(args: string[] = [], env: Record<string, string> = {}): TestApp {
    const app = new TestApp('mart-init', { args, env: { DATABASE_URL: database.url, LOG_FORMAT: 'json', ...env } });
    apps.push(app);
    return app;
  }

  async function run(...args: string[]): Promise<{ code: number | null; log: LogLine[]; messages: string[] }> {
    const app = start(args);
    const { code } = await app.exited;
    const log = logOf(app);
    return { code, log, messages: log.map(({ message }) => message) };
  }

  async function storedRows(): Promise<Record<string, string[]>> {
    const stored: Record<string, string[]> = {};
    for (const table of Object.keys(goodRows)) {
      const { rows } = await sql.query<{ row: string }>(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
      stored[table] = rows.map(({ row }) => row);
    }
    return stored;
  }

  /** For each row, the transactions that wrote and last locked it. They change whenever the row is touched. */
  async function rowVersions(): Promise<unknown[]> {
    const select = (table: string) => `SELECT '${table}' AS name, ctid::text, xmin::text, xmax::text FROM ${table}`;
    const { rows } = await sql.query<object>(`${Object.keys(goodRows).map(select).join(' UNION ALL ')} ORDER BY 1, 2`);
    return rows;
  }

  /** Waits until mart-init is blocked by this test's lock on `table`. @returns the pid of its backend */
  function blockedBackend(table: string): Promise<number> {
    return waitUntil(`mart-init waits for ${table}`, async () => {
      const { rows } = await sql.query<{ pid: number }>(
        `SELECT pid FROM pg_locks JOIN pg_stat_activity USING (pid)
         WHERE NOT granted AND relation = $1::regclass AND application_name = 'mart-init'`,
        [table],
      );
      return rows[0]?.pid ?? 0;
    });
  }

  it('creates the tables, loads the three files and changes nothing when run again', async () => {
    const first = await run('--reference', join(fixtures, 'good'));
    expect(first.messages).toEqual(
      expect.arrayContaining([
        'campaigns: 3 rows in campaigns.csv: 3 inserted, 0 updated, 0 unchanged',
        'client_first_purchase_date: 3 rows in client_first_purchase_date.csv: 2 inserted, 0 updated, 0 unchanged, 1 repeated',
        'holidays: 3 rows in holidays.csv: 3 inserted, 0 updated, 0 unchanged',
      ]),
    );
    expect(first.code).toBe(0);
    expect(await storedRows()).toEqual(goodRows);

    const versions = await rowVersions();
    const second = await run('--reference', join(fixtures, 'good'));
    expect(second.messages).toEqual(
      expect.arrayContaining([
        'The tables are up to date: no migrations were pending',
        'campaigns: 3 rows in campaigns.csv: 0 inserted, 0 updated, 3 unchanged',
        'client_first_purchase_date: 3 rows in client_first_purchase_date.csv: 0 inserted, 0 updated, 2 unchanged, 1 repeated',
        'Nothing changed: the tables already hold all rows of the files',
      ]),
    );
    expect(second.code).toBe(0);
    expect(await rowVersions()).toEqual(versions);
  });

  it('reads compressed files and columns in any order, and skips unknown columns', async () => {
    await cp(join(fixtures, 'shuffled'), folder, { recursive: true });
    const holidays = join(folder, 'holidays.csv');
    await writeFile(`${holidays}.gz`, gzipSync(await readFile(holidays)));
    await rm(holidays);

    const app = start([], { MART_INIT_REFERENCE: folder });
    expect(await app.exited).toMatchObject({ code: 0 });
    expect(app.output).toContain('holidays: 3 rows in holidays.csv.gz: 3 inserted, 0 updated, 0 unchanged');
    expect(await storedRows()).toEqual(goodRows);
  });

  it('updates changed rows and keeps rows that are no longer in the files', async () => {
    await run('--reference', join(fixtures, 'good'));
    await cp(join(fixtures, 'good'), folder, { recursive: true });
    await writeFile(
      join(folder, 'client_first_purchase_date.csv'),
      'client_id,first_purchase_date\n1515915625000000001,2022-02-01\n1515915625000000003,2022-02-02\n',
    );
    const { code, messages } = await run('--reference', folder);
    expect(code).toBe(0);
    expect(messages).toContain(
      'client_first_purchase_date: 2 rows in client_first_purchase_date.csv: 1 inserted, 1 updated, 0 unchanged',
    );
    expect((await storedRows()).client_first_purchase_date).toEqual([
      '(1515915625000000001,2022-02-01)',
      '(1515915625000000002,2024-02-29)',
      '(1515915625000000003,2022-02-02)',
    ]);
  });

  it('checks all files to the end, reports every kind of bad line and loads nothing', async () => {
    const { code, log, messages } = await run('--reference', join(fixtures, 'bad'));
    expect(code).toBe(1);
    const reported = log.filter(({ level }) => level === 'error').map(({ message }) => message);
    const clientLines = Array.from({ length: 20 }, (_, i) => `client_first_purchase_date.csv:${i + 3}`);
    expect(reported).toEqual([
      `campaigns.csv:3: id: not_an_integer (${REASONS.not_an_integer}); ` +
        'campaign_type: unknown_value (not one of the values of this column)',
      'campaigns.csv:4: unparsable_line (3 fields instead of 19)',
      'campaigns.csv:5: id: missing (a required column has no value); ' +
        `total_count: not_an_integer (${REASONS.not_an_integer})`,
      'campaigns.csv:6: duplicate_key (line 2 has the same key and other values)',
      ...clientLines.map(
        (at) => `${at}: first_purchase_date: not_a_date (not YYYY-MM-DD, a real day from 2000 to 2099)`,
      ),
      'client_first_purchase_date.csv: bad lines not shown: 6',
      expect.stringMatching(
        /holidays\.csv: the header lacks date\. Expected a header line with the columns date,holiday/,
      ),
    ]);
    expect(messages).toContain(
      'REFERENCE_BAD_LINES: Nothing was loaded because of campaigns.csv (bad lines: 4), ' +
        'client_first_purchase_date.csv (bad lines: 26), holidays.csv (not readable). ' +
        'Correct the lines reported above and run the command again.',
    );
    expect(await storedRows()).toEqual(noRows);
  });

  it('loads none of the files when one is truncated', async () => {
    await cp(join(fixtures, 'good'), folder, { recursive: true });
    const file = join(folder, 'campaigns.csv');
    await writeFile(`${file}.gz`, gzipSync(await readFile(file)).subarray(0, -20));
    await rm(file);
    const { code, messages } = await run('--reference', folder);
    expect(code).toBe(1);
    expect(messages).toContainEqual(
      expect.stringMatching(/campaigns\.csv\.gz ends in the middle of its compressed data/),
    );
    expect(await storedRows()).toEqual(noRows);
  });

  it('names missing and ambiguous files before it touches the database', async () => {
    await cp(join(fixtures, 'good'), folder, { recursive: true });
    await rm(join(folder, 'holidays.csv'));
    await cp(join(folder, 'campaigns.csv'), join(folder, 'campaigns.csv.gz'));
    const { code, messages } = await run('--reference', folder);
    expect(code).toBe(1);
    expect(messages).toContain(
      `REFERENCE_FILES: The reference folder ${folder} cannot be used: campaigns.csv and campaigns.csv.gz both exist, ` +
        'keep one; holidays.csv is missing. Expected files: campaigns.csv, client_first_purchase_date.csv, holidays.csv, ' +
        'and optionally holiday_corrections.csv (each may be compressed, as .gz or .zip). Nothing was loaded.',
    );
    const { rows } = await sql.query(`SELECT FROM pg_tables WHERE schemaname = 'public'`);
    expect(rows).toHaveLength(0);
  });

  describe('holiday_corrections.csv', () => {
    const stored = () =>
      sql
        .query<{ row: string }>('SELECT c::text AS row FROM holiday_corrections AS c ORDER BY 1')
        .then(({ rows }) => rows.map(({ row }) => row));

    beforeEach(async () => {
      await cp(join(fixtures, 'good'), folder, { recursive: true });
      await writeFile(join(folder, 'holidays.csv'), HOLIDAYS_WITH_A_TYPO);
    });

    const corrections = (...lines: string[]) =>
      writeFile(join(folder, 'holiday_corrections.csv'), ['date,holiday,correct_date', ...lines].join('\n'));

    it('may be missing, which is no warning', async () => {
      const { code, log, messages } = await run('--reference', folder);
      expect(code).toBe(0);
      expect(messages).toContain('There is no holiday_corrections.csv; it is optional');
      expect(log.filter(({ level }) => level !== 'info')).toEqual([]);
      expect(await stored()).toEqual([]);
    });

    it('is loaded like the other files: changed rows are updated, rows that it no longer has stay', async () => {
      await corrections('2021-11-25,Black Friday,2022-11-24', '2023-11-24,Black Friday,');
      const first = await run('--reference', folder);
      expect(first.messages).toContain(
        'holiday_corrections: 2 rows in holiday_corrections.csv: 2 inserted, 0 updated, 0 unchanged',
      );
      expect(first.log.filter(({ level }) => level !== 'info')).toEqual([]);
      expect(await stored()).toEqual(['(2021-11-25,"Black Friday",2022-11-24)', '(2023-11-24,"Black Friday",)']);

      await rm(join(folder, 'holiday_corrections.csv'));
      await writeFile(
        join(folder, 'holiday_corrections.csv.gz'),
        gzipSync('date,holiday,correct_date\n2021-11-25,Black Friday,2022-11-25\n'),
      );
      const second = await run('--reference', folder);
      expect(second.messages).toContain(
        'holiday_corrections: 1 rows in holiday_corrections.csv.gz: 0 inserted, 1 updated, 0 unchanged',
      );
      expect(await stored()).toEqual(['(2021-11-25,"Black Friday",2022-11-25)', '(2023-11-24,"Black Friday",)']);
    });

    it('warns of each correction whose holiday does not exist, and names what could be meant', async () => {
      await corrections('2021-11-25,Black friday,2022-11-25', '2022-11-26,Black Friday,', '2021-01-01,Nothing,');
      const { code, log } = await run('--reference', folder);
      expect(code).toBe(0);
      const start = 'holiday_corrections: the correction of ';
      const middle = ' has no effect, because holidays has no such entry';
      expect(log.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
        `${start}"Nothing" on 2021-01-01${middle}`,
        `${start}"Black friday" on 2021-11-25${middle}; its entries of 2021-11-25: Black Friday`,
        `${start}"Black Friday" on 2022-11-26${middle}; its entries of "Black Friday": 2021-11-25, 2021-11-26, 2023-11-24`,
      ]);
    });

    it('loads nothing if it has bad lines or exists twice', async () => {
      await corrections('2021-11-25,Black Friday,25.11.2022', ',Black Friday,2022-11-25', '2021-11-25,,');
      const { code, log } = await run('--reference', folder);
      expect(code).toBe(1);
      expect(log.filter(({ level }) => level === 'error').map(({ message }) => message.split(' (')[0])).toEqual([
        'holiday_corrections.csv:2: correct_date: ambiguous_date',
        'holiday_corrections.csv:3: date: missing',
        'holiday_corrections.csv:4: holiday: missing',
      ]);
      expect(await storedRows()).toEqual(noRows);

      await cp(join(folder, 'holiday_corrections.csv'), join(folder, 'holiday_corrections.csv.gz'));
      expect((await run('--reference', folder)).messages).toContainEqual(
        expect.stringContaining('holiday_corrections.csv and holiday_corrections.csv.gz both exist, keep one'),
      );
    });
  });

  it('runs only the migrations without a folder', async () => {
    const { code, messages } = await run();
    expect(code).toBe(0);
    expect(messages).toContain('No reference folder given (--reference DIR): ran the migrations only');
    expect(await storedRows()).toEqual(noRows);
  });

  it('can run several times concurrently', async () => {
    await cp(join(fixtures, 'good'), folder, { recursive: true });
    const clients = Array.from({ length: 20_000 }, (_, i) => `${i},2022-01-01\n`);
    await writeFile(
      join(folder, 'client_first_purchase_date.csv'),
      `client_id,first_purchase_date\n${clients.join('')}`,
    );

    const runs = await Promise.all([1, 2, 3].map(() => run('--reference', folder)));
    expect(runs.map(({ code }) => code)).toEqual([0, 0, 0]);
    const counts = runs.map(({ messages }) =>
      messages.find((message) => message.startsWith('client_first_purchase_date:')),
    );
    expect(counts.sort()).toEqual([
      expect.stringMatching(/: 0 inserted, 0 updated, 20000 unchanged$/),
      expect.stringMatching(/: 0 inserted, 0 updated, 20000 unchanged$/),
      expect.stringMatching(/: 20000 inserted, 0 updated, 0 unchanged$/),
    ]);
    const { rows } = await sql.query<{ twice: number }>(
      'SELECT count(*) - count(DISTINCT name) AS twice FROM migrations',
    );
    expect(Number(rows[0]!.twice)).toBe(0);
  });

  it('leaves no rows behind when it is killed between two tables', async () => {
    await run();
    await blocker.query('BEGIN; LOCK TABLE holidays IN SHARE MODE');
    const app = start(['--reference', join(fixtures, 'good')]);
    await blockedBackend('holidays');
    await app.kill();
    await blocker.query('ROLLBACK');
    // Only now does the server notice the lost client, because it tries to answer.
    const { code, messages } = await run('--reference', join(fixtures, 'good'));
    expect(code).toBe(0);
    expect(messages).toContain('campaigns: 3 rows in campaigns.csv: 3 inserted, 0 updated, 0 unchanged');
    expect(await storedRows()).toEqual(goodRows);
  });

  it('restarts the load when its connection is lost', async () => {
    await run();
    await blocker.query('BEGIN; LOCK TABLE holidays IN SHARE MODE');
    const app = start(['--reference', join(fixtures, 'good')]);
    await sql.query('SELECT pg_terminate_backend($1)', [await blockedBackend('holidays')]);
    await app.waitUntil('it reports the retry', () => /Rolled back \(.*\); attempt 1, retrying in/.test(app.output));
    await blocker.query('ROLLBACK');
    expect(await app.exited).toMatchObject({ code: 0 });
    expect(await storedRows()).toEqual(goodRows);
  });

  it('names the session that keeps it from replacing views, lets readers pass, and goes on when it has ended', async () => {
    await run();
    await sql.query(`COMMENT ON SCHEMA mart IS 'The mart of another version'`);
    await blocker.query('BEGIN; SELECT * FROM mart.channel_rates');
    const { rows } = await blocker.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const app = start();
    const named = new RegExp(
      `The migration waits for a lock \\(relation\\) of pid ${rows[0]!.pid} .*SELECT pg_terminate_backend\\(${rows[0]!.pid}\\)`,
    );
    await app.waitUntil('it names the session', () => named.test(app.output));
    await app.waitUntil('it tries again', () =>
      /Rolled back \(canceling statement due to lock timeout\); attempt 2/.test(app.output),
    );
    await sql.query(`SET statement_timeout = '15s'; SELECT * FROM mart.channel_rates`);
    await blocker.query('COMMIT');
    expect(await app.exited).toMatchObject({ code: 0 });
    expect(app.output).toContain('Created the views of the schema mart');
  });

  it('names the views of others that keep it from changing the mart, and changes nothing', async () => {
    await run();
    const { rows } = await sql.query<{ text: string }>(
      `SELECT rtrim(pg_get_viewdef('mart.metric_definitions'), ';') AS text`,
    );
    await sql.query(
      `CREATE OR REPLACE VIEW mart.metric_definitions AS SELECT *, 1 AS former FROM (${rows[0]!.text}) AS it`,
    );
    await sql.query(
      `CREATE SCHEMA analytics; CREATE VIEW analytics.weekly AS SELECT * FROM mart.metric_definitions;
       COMMENT ON SCHEMA mart IS 'The mart of another version'`,
    );
    const { code, messages } = await run();
    expect(code).toBe(1);
    expect(messages.at(-1)).toMatch(/^MART_IN_USE: Nothing was changed: .*DROP VIEW analytics\.weekly;$/);
    await sql.query('SELECT former FROM analytics.weekly');
  });

  it('stops on SIGTERM while it waits for another mart-init, and exits with 1', async () => {
    await blocker.query(`BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('messages-pipeline mart-init', 0))`);
    const app = start(['--reference', join(fixtures, 'good')]);
    await app.waitUntil('it reports the other run', () => app.output.includes('Another mart-init is running'));
    expect(await app.stop()).toMatchObject({ code: 1 });
    expect(app.output).toContain('INTERRUPTED: ');
    await blocker.query('ROLLBACK');
  });

  it('waits for a server that is not up yet, and is alive but not ready', async () => {
    const { hostname, port } = new URL(database.url);
    const proxy = new TcpProxy({ host: hostname, port: Number(port) }, await choosePort([]));
    const url = new URL(database.url);
    url.host = proxy.address;
    const app = start(['--reference', join(fixtures, 'good')], { DATABASE_URL: url.href, LOG_LEVEL: 'debug' });
    await app.listening();
    await app.waitUntil('it tries again', () => /PostgreSQL is not reachable .* attempt 2/.test(app.output));
    expect(await app.health('livez')).toEqual({ status: 200, down: {} });
    const notReady = { status: 503, down: { postgresql: expect.stringContaining('ECONNREFUSED') } };
    expect(await app.health('readyz')).toEqual(notReady);
    expect(await app.health('healthz')).toEqual(notReady);
    expect((await app.metrics()).get('process_resident_memory_bytes')).toBeGreaterThan(0);

    await proxy.open();
    expect(await app.exited).toMatchObject({ code: 0 });
    await proxy.close();
    expect(await storedRows()).toEqual(goodRows);
  });
});

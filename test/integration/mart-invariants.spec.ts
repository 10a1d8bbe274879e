import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { readCatalog, withoutComment } from '../../tools/dictionary/catalog.js';
import { readRows, writeRows } from '../support/copy-rows.js';
import { ledgerDifferences } from '../support/ledger.js';
import { readMartResults } from '../support/mart-results.js';
import { createMartDatabase, migrateDatabase, query, withClient, type MartDatabase } from '../support/mart-database.js';
import { martRows, martTable, rolledBack, type MartRow } from '../support/mart-rows.js';
import { insertMessages, insertRows } from '../support/message-rows.js';
import { fillMart } from '../support/random-mart.js';
import { createTestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

const MESSAGES = 2000;
const SEED = 2;

/**
 * An empty mart has no rows except the constant definitions, the checks of data_quality, which are all 0, the groups of compare,
 * which have no messages, and one row for the days that period_comparison was given.
 */
function expectEmpty({
  data_quality: checks,
  metric_definitions: _definitions,
  ...results
}: Record<string, MartRow[]>): void {
  const {
    compare: compared,
    period_comparison: periods,
    ...others
  } = Object.fromEntries(
    Object.entries(results).map(([name, rows]) => [name.replace(/^(compare|period_comparison)\(.+\)$/, '$1'), rows]),
  );
  expect(periods).toMatchObject([{ dimension: 'all', sent: 0, open_rate: null, before_sent: 0, is_mature: null }]);
  expect(compared).toMatchObject(Array(2).fill({ a_whole: 0, a_rate: null, b_whole: 0, difference: null }));
  expect(checks!.length).toBeGreaterThan(30);
  for (const { figure, of_total, share } of checks!) expect([figure, of_total, share]).toEqual([0, 0, null]);
  expect(Object.entries(others).filter(([, rows]) => rows.length > 0)).toEqual([]);
}

describe('the results of a mart', () => {
  let database: MartDatabase;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
    await withClient(database.url, (client) => fillMart(client, MESSAGES, SEED));
  });

  afterAll(() => database?.drop());

  it('stay the same when part of the ledger is folded, and when all of it is', () =>
    rolledBack(database.url, async (client) => {
      const before = await readMartResults(client);
      expect(await martTable(client, 'SELECT ledger.fold(1000)')).toEqual([[1000]]);
      expect(await readMartResults(client)).toEqual(before);
      await client.query('SELECT ledger.fold()');
      expect(await martTable(client, 'SELECT count(*) FROM ledger.deltas')).toEqual([[0]]);
      expect(await readMartResults(client)).toEqual(before);
      expect(await martTable(client, 'SELECT * FROM ledger.differences')).toEqual([]);
    }));

  // Both zones have a day of 23 hours during these messages. Days in New York also differ from days in UTC.
  it.each(['Europe/Berlin', 'America/New_York'])('do not depend on the time zone of the session: %s', (zone) =>
    rolledBack(database.url, async (client) => {
      await client.query(`SET LOCAL timezone = '${zone}'`);
      await client.query('UPDATE messages SET is_blocked = NOT is_blocked WHERE id % 7 = 0');
      const there = await readMartResults(client);
      await client.query(`SET LOCAL timezone = 'UTC'`);
      expect(await readMartResults(client)).toEqual(there);
      expect(await martTable(client, 'SELECT * FROM ledger.differences')).toEqual([]);
    }),
  );

  it('are gone when the messages are deleted, folded or not', () =>
    rolledBack(database.url, async (client) => {
      await client.query('TRUNCATE campaigns, holidays, holiday_corrections, quarantined_messages');
      await client.query('DELETE FROM messages');
      expectEmpty(await readMartResults(client));
      await client.query('SELECT ledger.fold()');
      expectEmpty(await readMartResults(client));
    }));

  it('are gone when the tables are truncated', () =>
    rolledBack(database.url, async (client) => {
      await client.query('TRUNCATE messages, campaigns, holidays, holiday_corrections, quarantined_messages');
      expectEmpty(await readMartResults(client));
    }));
});

describe('a mart with few or no messages', () => {
  let database: MartDatabase;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
  });

  afterAll(() => database?.drop());

  it('has a comment on every view, column and function', () =>
    withClient(database.url, async (client) => {
      expect(withoutComment(await readCatalog(client, ['mart']))).toEqual([]);
    }));

  it('answers every query when all tables are empty', () =>
    rolledBack(database.url, async (client) => {
      expectEmpty(await readMartResults(client));
      const freshness = `SELECT figure FROM mart.data_quality WHERE check_name = 'freshness'`;
      expect(await martTable(client, freshness)).toEqual([[null], [null], [null]]);
      expect(await martTable(client, 'SELECT * FROM mart.freshness')).toEqual([[0, null, null, null, 0, null, 0, 0]]);
    }));

  it('answers every query when there are campaigns but no messages', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', started_at: '2021-05-01 10:00:00', total_count: 5 },
        { id: 2, campaign_type: 'trigger' },
      ]);
      const { campaign_pace: pace, ...others } = await readMartResults(client);
      expect(pace).toMatchObject([{ campaign_id: 1, sent: 0, duration_hours: null, sent_per_hour: null }]);
      expectEmpty(others);
    }));

  it('has a rate of 0 if nothing happened, and null if there is nothing to divide by', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ campaign_id: 1 }, { campaign_id: null, sent_at: null }]);
      await readMartResults(client);
      const rates = 'open_rate, click_rate, click_to_open_rate, purchase_rate';
      expect(await martTable(client, `SELECT sent, ${rates} FROM mart.channel_rates`)).toEqual([[2, 0, 0, null, 0]]);
      expect(await martRows(client, 'SELECT share_of_complaints FROM mart.unsubscribes_and_complaints')).toEqual([
        { share_of_complaints: null },
        { share_of_complaints: null },
      ]);
    }));

  it('drops a day and a campaign when their last message moves, folded or not', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', topic: 'sale' },
        { id: 2, campaign_type: 'bulk', topic: 'sale' },
      ]);
      await insertMessages(client, [
        { campaign_id: 1, sent_at: '2021-05-01 10:00:00' },
        { campaign_id: 2, sent_at: '2021-05-02 10:00:00' },
      ]);
      await client.query(
        `UPDATE messages SET campaign_id = 2, date = '2021-05-02', sent_at = '2021-05-02 10:00:00' WHERE id = 1`,
      );
      const figures = async () => ({
        topics: await martTable(client, 'SELECT campaigns, sent FROM mart.topic_rates'),
        campaigns: await martTable(
          client,
          'SELECT campaign_id, first_date, last_date, sent FROM mart.campaign_scorecard',
        ),
        days: await martTable(client, 'SELECT days, sent_per_day FROM mart.holiday_effect'),
      });
      const right = { topics: [[1, 2]], campaigns: [[2, '2021-05-02', '2021-05-02', 2]], days: [[1, 2]] };
      expect(await figures()).toEqual(right);
      await client.query('SELECT ledger.fold()');
      expect(await figures()).toEqual(right);
    }));
});

/**
 * test/fixtures/mart-0.1.0.sql.gz is what pg_dump wrote of the database of `npm start -- --rows 1500` of version 0.1.0, after
 * 3 rows had got opens and one row had been deleted, which were not yet folded. Lines about owners and rights are left out.
 */
describe('a mart that version 0.1.0 made', () => {
  let taken: MartDatabase;
  let fresh: MartDatabase;

  beforeAll(async () => {
    taken = await createTestDatabase();
    const dump = gunzipSync(await readFile(new URL('../fixtures/mart-0.1.0.sql.gz', import.meta.url)));
    await query(taken.url, dump.toString());
    expect(await query(taken.url, 'SELECT FROM ledger.deltas')).not.toEqual([]);
    await migrateDatabase(taken.url);

    fresh = await createMartDatabase(process.env.DATABASE_URL!);
    const tables = await query<{ table: string; columns: string }>(
      taken.url,
      `SELECT relname AS table, string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns
       FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migrations'
       GROUP BY relname`,
    );
    for (const { table, columns } of tables) {
      const target = `public.${table} (${columns})`;
      await writeRows(fresh.url, target, await readRows(taken.url, target));
    }
  });

  afterAll(() => Promise.all([taken?.drop(), fresh?.drop()]));

  const resultsOf = (url: string) => withClient(url, readMartResults);

  it('has the figures of a new mart with the same rows', async () => {
    expect(await query(taken.url, 'SELECT messages FROM mart.freshness')).toEqual(
      await query(fresh.url, 'SELECT messages FROM mart.freshness'),
    );
    expect(await resultsOf(taken.url)).toEqual(await resultsOf(fresh.url));
    expect(await ledgerDifferences(taken.url)).toEqual([]);
  });

  it('goes on like a new one', async () => {
    for (const { url } of [taken, fresh]) {
      await query(
        url,
        `UPDATE messages SET is_clicked = true, clicked_first_time_at = sent_at + interval '1 day' WHERE id % 5 = 0`,
      );
      await query(url, 'DELETE FROM messages WHERE id % 7 = 0');
      await query(url, 'SELECT ledger.fold()');
    }
    expect(await resultsOf(taken.url)).toEqual(await resultsOf(fresh.url));
    expect(await ledgerDifferences(taken.url)).toEqual([]);
  });

  it('has the tables, functions and comments of a new one', async () => {
    const catalog = (url: string) => withClient(url, (client) => readCatalog(client, ['public', 'ledger', 'mart']));
    expect(await catalog(taken.url)).toEqual(await catalog(fresh.url));
  });
});

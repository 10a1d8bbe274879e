import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, insertRows, times } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

/** Clients by the day of their first purchase. */
function firstPurchases(days: Readonly<Record<string, string>>) {
  return Object.entries(days).map(([client_id, first_purchase_date]) => ({ client_id, first_purchase_date }));
}

describe('new_and_existing_clients', () => {
  const CLIENTS = 'SELECT client, sum(sent) FROM mart.new_and_existing_clients GROUP BY client ORDER BY client';

  it('tells clients who never bought from those who buy later', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(
        client,
        'client_first_purchase_date',
        firstPurchases({ 1: '2021-12-15', 2: '2022-01-10', 3: '2022-02-01' }),
      );
      await insertMessages(client, [
        ...['1', '2', '3', '4', '5', '6'].map((client_id) => ({ client_id, sent_at: '2022-01-10 10:00:00' })),
        { client_id: '1', sent_at: '2021-12-14 23:59:59' },
        { client_id: '1', sent_at: null },
      ]);
      expect(await martTable(client, CLIENTS)).toEqual([
        ['buys later', 2],
        ['existing', 1],
        ['no purchase known', 3],
        ['unknown', 2],
      ]);
    }));

  it('knows no client if no first purchase is recorded', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, times(2, {}));
      expect(await martTable(client, CLIENTS)).toEqual([['unknown', 2]]);
    }));

  it('does not start the recording of first purchases at a stray day', () =>
    rolledBack(database.url, async (client) => {
      const days = ['2021-12-15', '2021-12-16', '2021-12-17'];
      const recorded = Array.from({ length: 600 }, (_, i) => [String(i + 1), days[i % 3]!] as const);
      await insertRows(
        client,
        'client_first_purchase_date',
        firstPurchases({ ...Object.fromEntries(recorded), 601: '2001-01-01', 602: '2001-01-02' }),
      );
      await insertMessages(client, [
        { client_id: '700', sent_at: '2021-05-01 10:00:00' },
        { client_id: '700', sent_at: '2021-12-15 10:00:00' },
      ]);
      expect(await martTable(client, CLIENTS)).toEqual([
        ['no purchase known', 1],
        ['unknown', 1],
      ]);
    }));
});

describe('fatigue', () => {
  it('does not count bounced and blocked messages as received', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { sent_at: '2021-05-01 10:00:00', is_hard_bounced: true },
        { sent_at: '2021-05-01 11:00:00', is_soft_bounced: true },
        { sent_at: '2021-05-01 12:00:00', is_blocked: true },
        { sent_at: '2021-05-01 13:00:00', is_opened: true },
        { sent_at: '2021-05-01 14:00:00' },
      ]);
      const rows = 'SELECT received, sent, delivered, opened, open_rate_delivered FROM mart.fatigue() WHERE days = 1';
      expect(await martTable(client, rows)).toEqual([
        ['0', 4, 1, 1, 1],
        ['1', 1, 1, 0, 0],
      ]);
    }));

  it('has no limit for a null day, and rejects days in the wrong order', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: '2021-05-01 10:00:00' }]);
      const sent = (days: string) => martTable(client, `SELECT sum(sent) FROM mart.fatigue(${days})`);
      expect(await sent('NULL, NULL')).toEqual([[3]]);
      expect(await sent(`'2021-05-01', NULL`)).toEqual([[3]]);
      expect(await sent(`NULL, '2021-04-30'`)).toEqual([[null]]);
      await expect(sent(`'2021-05-02', '2021-05-01'`)).rejects.toThrow(
        'first_day 2021-05-02 is after last_day 2021-05-01',
      );
    }));
});

describe('client_segments', () => {
  const segments = (channel: string) => `
    SELECT segment, is_unsubscribed, clients, share_of_clients FROM mart.client_segments
    WHERE channel = '${channel}' ORDER BY segment, is_unsubscribed`;

  it('shows buyers and clickers who unsubscribed', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { client_id: '1', is_purchased: true, is_clicked: true, is_opened: true },
        { client_id: '1', is_unsubscribed: true },
        { client_id: '2', is_clicked: true, is_opened: true, is_unsubscribed: true },
        { client_id: '3', is_purchased: true },
        { client_id: '4', is_opened: true, is_hard_bounced: true },
        { client_id: '5', is_soft_bounced: true },
        { client_id: '5', is_blocked: true },
        { client_id: '6', is_hard_bounced: true },
        { client_id: '6' },
        { client_id: '7', is_unsubscribed: true },
      ]);
      const expected = [
        ['buyer', false, 1, 0.142857],
        ['buyer', true, 1, 0.142857],
        ['clicker', true, 1, 0.142857],
        ['opener', false, 1, 0.142857],
        ['silent', false, 1, 0.142857],
        ['silent', true, 1, 0.142857],
        ['unreachable', false, 1, 0.142857],
      ];
      expect(await martTable(client, segments('email'))).toEqual(expected);
      expect(await martTable(client, segments('all'))).toEqual(expected);
    }));

  it('judges each channel by its own messages', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { client_id: '1', is_purchased: true },
        { client_id: '1', channel: 'mobile_push', is_unsubscribed: true },
        { client_id: '2', channel: 'mobile_push', is_blocked: true },
        { client_id: '2', is_clicked: true },
      ]);
      expect(await martTable(client, segments('email'))).toEqual([
        ['buyer', false, 1, 0.5],
        ['clicker', false, 1, 0.5],
      ]);
      expect(await martTable(client, segments('mobile_push'))).toEqual([
        ['silent', true, 1, 0.5],
        ['unreachable', false, 1, 0.5],
      ]);
      expect(await martTable(client, segments('all'))).toEqual([
        ['buyer', true, 1, 0.5],
        ['clicker', false, 1, 0.5],
      ]);
    }));
});

describe('first_purchase_cohorts', () => {
  it('separates messages before the first purchase from those after it', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(
        client,
        'client_first_purchase_date',
        firstPurchases({ 1: '2022-01-10', 2: '2022-01-31', 3: '2022-02-01' }),
      );
      await insertMessages(client, [
        ...times(3, { client_id: '1', sent_at: '2022-01-09 10:00:00' }),
        { client_id: '1', sent_at: '2022-01-10 23:59:59', is_purchased: true },
        { client_id: '1', sent_at: '2022-01-11 00:00:00', is_opened: true },
        { client_id: '2', sent_at: '2022-01-11 10:00:00' },
        { client_id: '3', sent_at: null },
        { client_id: '4', sent_at: '2022-01-11 10:00:00' },
        { client_id: '4', sent_at: null },
      ]);
      const columns = 'cohort, phase, clients, sent, opened, purchased, messages_per_client';
      expect(await martTable(client, `SELECT ${columns} FROM mart.first_purchase_cohorts ORDER BY 1, 2`)).toEqual([
        ['2022-01-01', 'after first purchase', 1, 1, 1, 0, 1],
        ['2022-01-01', 'up to first purchase', 2, 5, 0, 1, 2.5],
        ['2022-02-01', 'unknown', 1, 1, 0, 0, 1],
        [null, 'no purchase known', 1, 2, 0, 0, 2],
      ]);
    }));
});

describe('attribution', () => {
  const credits = (call: string) => `
    SELECT campaign_id, campaign_type, messages_credited, purchases_credited FROM mart.${call}
    WHERE purchases_credited > 0 ORDER BY 1, 2`;
  const NOBODY = [null, 'unattributed', 0, 1];
  const purchase = { purchased_at: '2021-05-10 12:00:00' };

  it('counts a purchase once that the source links to several messages', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { campaign_id: 1, sent_at: '2021-05-08 12:00:00', ...purchase },
        { campaign_id: 2, sent_at: '2021-05-09 12:00:00', ...purchase },
        { campaign_id: 3, sent_at: '2021-05-10 11:00:00' },
        { campaign_id: 4, sent_at: '2021-05-10 13:00:00', ...purchase },
      ]);
      expect(await martTable(client, credits('attribution()'))).toEqual([[3, 'bulk', 1, 1]]);
      expect(await martTable(client, credits(`attribution(touch => 'first')`))).toEqual([[1, 'bulk', 1, 1]]);
      const linked = 'SELECT sum(purchased), sum(purchases_credited) FROM mart.attribution()';
      expect(await martTable(client, linked)).toEqual([[3, 1]]);
    }));

  it('looks back exactly so many days of 24 hours, to the second of the purchase', () =>
    rolledBack(database.url, async (client) => {
      // The day has 23 hours in Berlin.
      const bought = { purchased_at: '2021-03-28 12:00:00' };
      await insertMessages(client, [
        { campaign_id: 1, client_id: '1', sent_at: '2021-03-27 12:00:00', ...bought },
        { campaign_id: 2, client_id: '2', sent_at: '2021-03-27 11:59:59', ...bought },
        { campaign_id: 3, client_id: '3', sent_at: '2021-03-28 12:00:00', ...bought },
      ]);
      await client.query(`SET LOCAL timezone = 'Europe/Berlin'`);
      expect(await martTable(client, credits('attribution(1)'))).toEqual([
        [1, 'bulk', 1, 1],
        [3, 'bulk', 1, 1],
        NOBODY,
      ]);
    }));

  it('leaves a purchase unattributed if its messages bounced, were sent later or at an unknown time', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { sent_at: '2021-05-10 11:00:00', is_hard_bounced: true, ...purchase },
        { sent_at: '2021-05-10 11:00:00', is_soft_bounced: true },
        { sent_at: '2021-05-10 11:00:00', is_blocked: true },
        { sent_at: null, ...purchase },
        { sent_at: '2021-05-10 12:00:01', ...purchase },
        { client_id: '2', sent_at: '2021-05-10 11:00:00' },
      ]);
      expect(await martTable(client, credits('attribution()'))).toEqual([NOBODY]);
      const row = `SELECT is_mature, sent, credited_rate, purchase_rate_high FROM mart.attribution() WHERE channel = 'unattributed'`;
      expect(await martTable(client, row)).toEqual([[null, 0, null, null]]);
    }));

  it('decides by id between messages of the same second', () =>
    rolledBack(database.url, async (client) => {
      const sent_at = '2021-05-10 11:00:00';
      await insertMessages(
        client,
        [1, 2, 3].map((campaign_id) => ({ campaign_id, sent_at, ...purchase })),
      );
      expect(await martTable(client, credits('attribution()'))).toEqual([[3, 'bulk', 1, 1]]);
      expect(await martTable(client, credits(`attribution(touch => 'first')`))).toEqual([[1, 'bulk', 1, 1]]);
    }));

  it('has a rate of at most 1, also when a client buys several times after one message', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { campaign_id: 1, sent_at: '2021-05-10 11:00:00', ...purchase },
        { campaign_id: 2, sent_at: '2021-05-10 14:00:00', purchased_at: '2021-05-10 13:00:00' },
      ]);
      const row = `SELECT sent, messages_credited, purchases_credited, credited_rate, credited_rate_low, credited_rate_high
                   FROM mart.attribution() WHERE campaign_id = 1`;
      expect(await martTable(client, row)).toEqual([[1, 1, 2, 1, 0.206549, 1]]);
    }));

  it('keeps campaigns apart that share an id, and has a row for messages without a campaign', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { campaign_id: 1, client_id: '1', ...purchase, sent_at: '2021-05-10 11:00:00' },
        { campaign_id: 1, client_id: '2', ...purchase, sent_at: '2021-05-10 11:00:00', message_type: 'transactional' },
        { campaign_id: null, client_id: '3', ...purchase, sent_at: '2021-05-10 11:00:00', message_type: 'trigger' },
      ]);
      expect(await martTable(client, credits('attribution()'))).toEqual([
        [1, 'bulk', 1, 1],
        [1, 'transactional', 1, 1],
        [null, 'trigger', 1, 1],
      ]);
    }));

  it('says which messages are too young for all purchases of the window', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...times(99, { campaign_id: 1, sent_at: '2021-05-01 10:00:00' }),
        { campaign_id: 1, sent_at: '2021-05-08 10:00:00' },
        ...times(2, { campaign_id: 2, sent_at: '2021-05-08 10:00:00' }),
        { campaign_id: 3, sent_at: null },
      ]);
      const isMature = (days: number) => `SELECT is_mature FROM mart.attribution(${days}) ORDER BY campaign_id`;
      expect(await martTable(client, isMature(7))).toEqual([[true], [false], [null]]);
      expect(await martTable(client, isMature(8))).toEqual([[false], [false], [null]]);
    }));

  it.each([
    [`attribution(7, 'lsat')`, 'touch lsat'],
    ['attribution(7, NULL)', 'touch null'],
    ['attribution(0)', 'not 0'],
    ['attribution(-7)', 'not -7'],
    ['attribution(NULL)', 'not null'],
    ['attribution(2147483647)', 'not 2147483647'],
  ])('%s is an error in an empty mart too', async (call, named) => {
    const read = (sql: string) => withClient(database.url, (client) => martTable(client, sql));
    await expect(read(`SELECT * FROM mart.${call}`)).rejects.toThrow(named);
    await expect(read(`SELECT count(*) FROM mart.${call}`)).rejects.toThrow(named);
  });
});

describe('data_quality: messages sent after an unsubscribe', () => {
  const CHECK = `SELECT detail, figure, of_total, share FROM mart.data_quality
                 WHERE check_name = 'sent after unsubscribe' ORDER BY detail`;

  it('counts messages later than the first unsubscribe of the client on the same channel', () =>
    rolledBack(database.url, async (client) => {
      const [first, second, third] = ['2021-05-01 10:00:00', '2021-05-02 10:00:00', '2021-05-03 10:00:00'];
      await insertMessages(client, [
        { client_id: '1', sent_at: first, unsubscribed_at: '2021-05-02 10:00:00' },
        { client_id: '1', sent_at: second },
        { client_id: '1', sent_at: third, unsubscribed_at: '2021-05-03 11:00:00' },
        { client_id: '1', sent_at: '2021-05-04 10:00:00' },
        { client_id: '1', sent_at: third, channel: 'sms' },
        { client_id: '2', sent_at: third },
        { client_id: '1', sent_at: null },
        ...times(2, { client_id: '3', sent_at: first, is_unsubscribed: true, unsubscribed_at: null }),
      ]);
      // Of the message at the very second of the unsubscribe, nobody can say which came first.
      expect(await martTable(client, CHECK)).toEqual([
        ['email', 2, 7, 0.285714],
        ['sms', 0, 1, 0],
      ]);
    }));

  it('has a row without a share for a channel whose messages have no time of sending', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: null, unsubscribed_at: '2021-05-01 10:00:00' }]);
      expect(await martTable(client, CHECK)).toEqual([['email', 0, 0, null]]);
    }));

  /** Only the slow checks group messages by message_id or read times of unsubscribes. */
  const SLOW = /Group Key: .*message_id|unsubscribed_at/;

  it.each([
    `check_name NOT IN ('duplicate message_id', 'sent after unsubscribe')`,
    `check_name NOT IN ('duplicate message_id', 'sent after unsubscribe', 'quarantine', 'freshness') AND figure > 0`,
    `check_name = 'orphan'`,
  ])('is skipped WHERE %s', (where) =>
    withClient(database.url, async (client) => {
      const plan = await martTable(client, `EXPLAIN SELECT * FROM mart.data_quality WHERE ${where}`);
      expect(plan.flat().join('\n')).not.toMatch(SLOW);
      const unfiltered = await martTable(client, 'EXPLAIN SELECT * FROM mart.data_quality');
      expect(unfiltered.flat().join('\n')).toMatch(SLOW);
    }),
  );
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, insertRows, later, times, type MessageFields } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

describe('platform_engagement', () => {
  it('has no rate by platform, because the platform depends on the click; shares of a channel add up to 1', () =>
    rolledBack(database.url, async (client) => {
      // Half of the opens are clicked on every device, but the device of most opens without a click is unknown.
      await insertMessages(client, [
        ...times(4, { platform: 'android', is_opened: true, is_clicked: true }),
        ...times(1, { platform: 'android', is_opened: true }),
        ...times(4, { platform: 'desktop', is_opened: true, is_clicked: true }),
        ...times(1, { platform: 'desktop', is_opened: true }),
        ...times(6, { platform: null, is_opened: true }),
        { platform: null, is_clicked: true },
        {},
        { channel: 'sms', platform: 'phablet', is_clicked: true },
        { channel: 'web_push', platform: 'tablet' },
      ]);
      expect(
        await martTable(
          client,
          `SELECT channel, platform, opened, share_of_opens, clicked, share_of_clicks, opened_and_clicked
           FROM mart.platform_engagement ORDER BY channel, platform`,
        ),
      ).toEqual([
        ['email', 'android', 5, 0.3125, 4, 0.444444, 4],
        ['email', 'desktop', 5, 0.3125, 4, 0.444444, 4],
        ['email', null, 6, 0.375, 1, 0.111111, 0],
        ['sms', 'phablet', 0, null, 1, 1, 0],
      ]);
      const rates = `SELECT attname FROM pg_attribute WHERE attrelid = 'mart.platform_engagement'::regclass AND attname ~ 'rate'`;
      expect(await martTable(client, rates)).toEqual([]);
    }));
});

describe('machine_opens', () => {
  const sent_at = '2021-05-01 10:00:00';
  const openedAfter = (seconds: number, fields: MessageFields = {}) => ({
    sent_at,
    email_provider: 'gmail.com',
    opened_first_time_at: later(sent_at, seconds * 1000),
    ...fields,
  });

  it('counts opens up to the limit and before the send, by channel, provider and platform', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        openedAfter(-3),
        openedAfter(15),
        openedAfter(15.5, { platform: 'android' }),
        openedAfter(16, { platform: 'android' }),
        openedAfter(4000),
        { sent_at, email_provider: 'gmail.com', is_hard_bounced: true },
        openedAfter(5, { email_provider: null, platform: 'desktop' }),
        { sent_at, email_provider: 'yandex.ru' },
        openedAfter(2, { channel: 'mobile_push', email_provider: null }),
      ]);
      const columns =
        'dimension, channel, value, sent, delivered, opened, opened_within, opened_later, within_share, open_rate, later_open_rate, later_open_rate_delivered';
      const rows = [
        ['channel', 'email', 'email', 8, 7, 6, 3, 3, 0.5, 0.75, 0.375, 0.428571],
        ['channel', 'mobile_push', 'mobile_push', 1, 1, 1, 1, 0, 1, 1, 0, 0],
        ['email_provider', 'email', 'gmail.com', 6, 5, 5, 2, 3, 0.4, 0.833333, 0.5, 0.6],
        ['email_provider', 'email', 'yandex.ru', 1, 1, 0, 0, 0, null, 0, 0, 0],
        ['email_provider', 'email', null, 1, 1, 1, 1, 0, 1, 1, 0, 0],
        ['platform', 'email', 'android', null, null, 2, 0, 2, 0, null, null, null],
        ['platform', 'email', 'desktop', null, null, 1, 1, 0, 1, null, null, null],
        ['platform', 'email', null, null, null, 3, 2, 1, 0.666667, null, null, null],
        ['platform', 'mobile_push', null, null, null, 1, 1, 0, 1, null, null, null],
      ];
      const sql = (seconds = '') =>
        `SELECT ${columns} FROM mart.machine_opens(${seconds}) ORDER BY dimension, channel, value`;
      expect(await martTable(client, sql())).toEqual(rows);
      await client.query('SELECT ledger.fold()');
      expect(await martTable(client, sql('15'))).toEqual(rows);

      expect(
        await martTable(
          client,
          `SELECT seconds, opened FROM mart.opens_by_second WHERE value = 'email' ORDER BY seconds`,
        ),
      ).toEqual([
        [-3, 1],
        [5, 1],
        [15, 1],
        [16, 2],
      ]);
      const within = async (seconds: number) =>
        martTable(client, `SELECT opened_within FROM mart.machine_opens(${seconds}) WHERE value = 'email'`);
      expect([await within(0), await within(5), await within(16), await within(50)]).toEqual([
        [[1]],
        [[2]],
        [[5]],
        [[5]],
      ]);
    }));

  it('keeps shares and rates within 0 and 1 where times and flags contradict each other', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        openedAfter(3, { is_opened: false }),
        openedAfter(4),
        openedAfter(5, { is_opened: false }),
      ]);
      expect(
        await martTable(
          client,
          'SELECT opened, opened_within, opened_later, within_share, later_open_rate FROM mart.machine_opens() WHERE value = $$email$$',
        ),
      ).toEqual([[1, 3, 0, 1, 0]]);
      const provider = 'SELECT opened, opened_within_15s, later_open_rate FROM mart.provider_deliverability';
      expect(await martTable(client, provider)).toEqual([[1, 3, 0]]);
    }));

  it.each(['-1', '51', '2000000000', 'NULL'])(
    'rejects a limit of %s seconds, even if the mart is empty',
    async (seconds) => {
      const call = rolledBack(database.url, async (client) => {
        await client.query(`SELECT * FROM mart.machine_opens(${seconds})`);
      });
      await expect(call).rejects.toThrow(`seconds must be 0 to 50, not ${seconds.toLowerCase()}`);
    },
  );
});

describe('provider_deliverability', () => {
  it('compares complaints with the lines of 0.10 % and 0.30 %, over delivered messages', () =>
    rolledBack(database.url, async (client) => {
      const provider = (
        email_provider: string | null,
        sent: number,
        complained: number,
        fields: MessageFields = {},
      ) => [
        ...times(complained, { email_provider, ...fields, is_complained: true }),
        ...times(sent - complained, { email_provider, ...fields }),
      ];
      await insertMessages(client, [
        ...provider('clean.ru', 5000, 0),
        ...provider('small.ru', 100, 0),
        ...provider('first-line.ru', 1000, 1),
        ...provider('second-line.ru', 1000, 3),
        ...provider('spam.ru', 1000, 20),
        // 2 of 1,000 sent, but 2 of 500 delivered.
        ...provider('bounces.ru', 500, 2),
        ...times(500, { email_provider: 'bounces.ru', is_hard_bounced: true }),
        ...provider(null, 2, 0, { is_blocked: true }),
      ]);
      expect(
        await martTable(
          client,
          `SELECT email_provider, complaint_rate, complaint_rate_delivered, complaint_level, is_complaint_level_certain
           FROM mart.provider_deliverability ORDER BY email_provider`,
        ),
      ).toEqual([
        ['bounces.ru', 0.002, 0.004, '0.30 % or more', false],
        ['clean.ru', 0, 0, 'below 0.10 %', true],
        ['first-line.ru', 0.001, 0.001, '0.10 % to 0.30 %', false],
        ['second-line.ru', 0.003, 0.003, '0.30 % or more', false],
        ['small.ru', 0, 0, 'below 0.10 %', false],
        ['spam.ru', 0.02, 0.02, '0.30 % or more', true],
        [null, 0, null, null, null],
      ]);
    }));

  it('has fast opens, and the open rate without them', () =>
    rolledBack(database.url, async (client) => {
      const open = { sent_at: '2021-05-01 10:00:00', email_provider: 'mail.ru' };
      await insertMessages(client, [
        ...times(2, { ...open, opened_first_time_at: '2021-05-01 10:00:14' }),
        { ...open, opened_first_time_at: '2021-05-01 10:05:00' },
        open,
      ]);
      expect(
        await martTable(
          client,
          'SELECT opened_within_15s, open_rate, later_open_rate FROM mart.provider_deliverability',
        ),
      ).toEqual([[2, 0.75, 0.25]]);
    }));
});

describe('unsubscribes_and_complaints_by_event_day', () => {
  const columns =
    'date, channel, topic, sent, unsubscribed, complained, unsubscribes_per_sent, complaints_per_sent, share_of_unsubscribes';
  const sql = `SELECT ${columns} FROM mart.unsubscribes_and_complaints_by_event_day ORDER BY date, channel, topic`;

  it('counts events on their own day (UTC), not on the day of sending', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', topic: 'sale' },
        { id: 1, campaign_type: 'transactional', topic: 'order' },
      ]);
      const first = { campaign_id: 1, sent_at: '2021-05-01 10:00:00' };
      await insertMessages(client, [
        { ...first, unsubscribed_at: '2021-05-02 23:59:59' },
        { ...first, unsubscribed_at: '2021-05-03 00:00:00' },
        { ...first, message_type: 'transactional', unsubscribed_at: '2021-05-02 12:00:00' },
        { ...first, sent_at: '2021-05-02 10:00:00', unsubscribed_at: '2021-05-02 12:00:00' },
        // On a day without messages, before the send, in the future, without a day of sending, and without a time.
        { ...first, channel: 'sms', complained_at: '2021-06-30 12:00:00' },
        { ...first, channel: 'sms', complained_at: '2021-04-01 12:00:00' },
        { ...first, channel: 'sms', complained_at: '2099-01-01 12:00:00' },
        { ...first, channel: 'sms', sent_at: null, unsubscribed_at: '2021-05-03 12:00:00' },
        { ...first, channel: 'sms', is_unsubscribed: true, unsubscribed_at: null },
      ]);
      await client.query(`SET LOCAL timezone = 'America/New_York'`);
      const rows = [
        ['2021-04-01', 'sms', 'sale', 0, 0, 1, null, null, 0],
        ['2021-05-01', 'email', 'order', 1, 0, 0, 0, 0, 0],
        ['2021-05-01', 'email', 'sale', 2, 0, 0, 0, 0, 0],
        ['2021-05-01', 'sms', 'sale', 4, 0, 0, 0, 0, 0],
        ['2021-05-02', 'email', 'order', 0, 1, 0, null, null, 0.2],
        ['2021-05-02', 'email', 'sale', 1, 2, 0, 2, 0, 0.4],
        ['2021-05-03', 'email', 'sale', 0, 1, 0, null, null, 0.2],
        ['2021-05-03', 'sms', 'sale', 0, 1, 0, null, null, 0.2],
        ['2021-06-30', 'sms', 'sale', 0, 0, 1, null, null, 0],
        ['2099-01-01', 'sms', 'sale', 0, 0, 1, null, null, 0],
      ];
      expect(await martTable(client, sql)).toEqual(rows);
      await client.query('SELECT ledger.fold()');
      expect(await martTable(client, sql)).toEqual(rows);
    }));

  it('drops a day when its last event moves', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: null, unsubscribed_at: '2021-05-02 12:00:00' }]);
      await client.query(`UPDATE messages SET unsubscribed_at = '2021-05-04 12:00:00'`);
      expect(await martTable(client, sql)).toEqual([['2021-05-04', 'email', null, 0, 1, 0, null, null, 1]]);
    }));
});

describe('response_times', () => {
  it('also has the time to unsubscribe and to complain', () =>
    rolledBack(database.url, async (client) => {
      const sent_at = '2021-05-01 10:00:00';
      await insertMessages(client, [
        { sent_at, unsubscribed_at: '2021-05-01 10:00:05' },
        { sent_at, unsubscribed_at: '2021-05-01 09:59:50' },
        { sent_at, complained_at: '2021-05-02 10:00:00' },
      ]);
      expect(
        await martTable(
          client,
          `SELECT event, events, median_seconds, before_send, within_1h, within_24h FROM mart.response_times
           WHERE message_type = 'all' AND channel = 'all' ORDER BY event`,
        ),
      ).toEqual([
        ['complaint', 1, 86_400, 0, 0, 1],
        ['unsubscribe', 2, -10, 1, 2, 2],
      ]);
    }));
});

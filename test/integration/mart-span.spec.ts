import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, type MessageFields } from '../support/message-rows.js';

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env['DATABASE_URL']!);
});

afterAll(() => database?.drop());

const dayAfter = (days: number) => new Date(Date.UTC(2021, 4, 1 + days)).toISOString().slice(0, 10);

/** The same number of messages on each day from 2021-05-01. */
function steady(days: number, perDay: number): MessageFields[] {
  return Array.from({ length: days * perDay }, (_, i) => ({ sent_at: `${dayAfter(i % days)} 12:00:00` }));
}

const strays = (count: number, day: string): MessageFields[] =>
  Array.from({ length: count }, () => ({ sent_at: `${day} 12:00:00` }));

/** Number of days marked for engagement and for purchases, and the span. */
async function censoring(client: Client) {
  const [[engagement, purchase, first, last]] = (await martTable(
    client,
    `SELECT count(*) FILTER (WHERE is_right_censored AND date <= last_date), count(*) FILTER (WHERE is_purchase_right_censored AND date <= last_date),
            min(first_date), min(last_date)
     FROM mart.daily_rates, mart.data_span`,
  )) as [unknown[]];
  return { engagement, purchase, first, last };
}

describe('the end of the data', () => {
  const SPAN = { engagement: 7, purchase: 14, first: '2021-05-01', last: '2021-06-09' };

  it.each<[string, MessageFields[]]>([
    ['no stray dates', []],
    ['one message dated months later', strays(1, '2021-09-01')],
    ['several, on different days', [...strays(2, '2021-09-01'), ...strays(2, '2022-01-01')]],
    ['some dated years before', strays(3, '2003-01-01')],
    ['some in the future', strays(100, '2099-12-31')],
    ['messages without a date', Array.from({ length: 50 }, () => ({ sent_at: null }))],
  ])('is the same with %s', (_, others) =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [...steady(40, 25), ...others]);
      expect(await censoring(client)).toEqual(SPAN);
    }),
  );

  it('moves on when enough messages are newer', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [...steady(40, 25), ...strays(6, '2021-06-10')]);
      expect(await censoring(client)).toMatchObject({ last: '2021-06-10' });
    }));

  it('needs no more than half of an average day over a long period', () =>
    rolledBack(database.url, async (client) => {
      // 0.5 % of these messages would be two days and a half.
      await insertMessages(client, steady(500, 2));
      expect(await censoring(client)).toMatchObject({ first: '2021-05-01', last: dayAfter(499) });
    }));

  it('is the day of the only message', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, strays(1, '2021-05-03'));
      expect(await censoring(client)).toEqual({ engagement: 1, purchase: 1, first: '2021-05-03', last: '2021-05-03' });
    }));

  it('is unknown if all messages are in the future', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, strays(2, '2099-12-31'));
      expect(await martTable(client, 'SELECT * FROM mart.data_span')).toEqual([]);
      expect(await martTable(client, 'SELECT is_right_censored FROM mart.daily_rates')).toEqual([[null]]);
    }));

  it('does not depend on the time zone of the session', () =>
    rolledBack(database.url, async (client) => {
      await client.query(`SET LOCAL timezone = 'Pacific/Kiritimati'`);
      const [[today]] = (await martTable(client, `SELECT (now() AT TIME ZONE 'UTC')::date`)) as [[string]];
      await insertMessages(client, [{ sent_at: `${today} 00:00:00+00`, date: today }]);
      expect(await martTable(client, 'SELECT last_date FROM mart.data_span')).toEqual([[today]]);
    }));
});

describe('a rate of few messages', () => {
  it('has bounds that show how little it proves', () =>
    rolledBack(database.url, async (client) => {
      const opened = (email_provider: string, sent: number, of: number): MessageFields[] =>
        Array.from({ length: sent }, (_, i) => ({ channel: 'email', email_provider, is_opened: i < of }));
      await insertMessages(client, [...opened('small.example', 8, 1), ...opened('large.example', 800, 100)]);

      expect(
        await martTable(
          client,
          `SELECT email_provider, open_rate, open_rate_low, open_rate_high FROM mart.provider_deliverability ORDER BY sent`,
        ),
      ).toEqual([
        ['small.example', 0.125, 0.022417, 0.470888],
        ['large.example', 0.125, 0.10386, 0.149725],
      ]);
    }));

  it('is null with its bounds if nothing was delivered, and bounded if more was opened than delivered', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { channel: 'sms', is_hard_bounced: true },
        { channel: 'email', is_opened: true, is_soft_bounced: true },
        { channel: 'email', is_opened: true },
      ]);

      expect(
        await martTable(
          client,
          `SELECT channel, open_rate, open_rate_delivered, open_rate_delivered_low, open_rate_delivered_high
           FROM mart.channel_rates ORDER BY channel`,
        ),
      ).toEqual([
        ['email', 1, 2, 0.206549, 1],
        ['sms', 0, null, null, null],
      ]);
    }));
});

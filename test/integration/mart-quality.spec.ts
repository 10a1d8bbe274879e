import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, later, times } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

describe('freshness', () => {
  const newestOf = async (client: Client) => {
    const [[newest]] = (await martTable(client, 'SELECT newest_sent_at FROM mart.freshness')) as [[Date | null]];
    return newest && newest.toISOString();
  };

  it('has the newest time of sending, without stray dates and whatever the time zone', () =>
    rolledBack(database.url, async (client) => {
      expect(await newestOf(client)).toBeNull();

      await insertMessages(client, [
        ...times(300, { sent_at: '2021-05-02 21:59:59' }),
        ...times(300, { sent_at: '2021-05-01 10:00:00' }),
        { sent_at: '2021-09-01 10:00:00' },
        { sent_at: '2099-09-01 10:00:00' },
        { sent_at: null, date: '2021-05-02' },
      ]);
      await client.query(`SET LOCAL timezone = 'America/New_York'`);
      expect(await newestOf(client)).toBe('2021-05-02T21:59:59.000Z');

      await client.query(`SET LOCAL timezone = 'UTC'`);
      // The first message of a new day counts at once, and no longer when it is gone.
      await insertMessages(client, [{ sent_at: '2021-05-03 00:10:00' }]);
      expect(await newestOf(client)).toBe('2021-05-03T00:10:00.000Z');
      await client.query(`DELETE FROM messages WHERE date = '2021-05-03'`);
      expect(await newestOf(client)).toBe('2021-05-02T21:59:59.000Z');
    }));

  it('is at least the last day of the data if the latest rows are older', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...times(1000, { sent_at: '2021-05-02 21:59:59' }),
        ...times(1000, { sent_at: '2021-05-01 10:00:00' }),
      ]);
      await client.query(`SET LOCAL timezone = 'America/New_York'`);
      expect(await newestOf(client)).toBe('2021-05-02T00:00:00.000Z');
    }));

  it('ignores times in the future, and has none if there are no others', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: '2099-09-01 10:00:00' }, { sent_at: null }]);
      expect(await newestOf(client)).toBeNull();
      const tomorrow = later(new Date().toISOString().slice(0, 19), 86_400_000).replace('T', ' ');
      await insertMessages(client, [{ sent_at: '2021-05-01 10:00:00' }, { sent_at: tomorrow }]);
      expect(await newestOf(client)).toBe('2021-05-01T10:00:00.000Z');
    }));

  it('appears in data_quality as an age', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: '2021-05-01 10:30:00' }]);
      const [[age]] = (await martTable(
        client,
        `SELECT figure FROM mart.data_quality WHERE detail = 'seconds since the newest time of sending'`,
      )) as [[number]];
      expect(Math.abs(Date.now() / 1000 - Date.UTC(2021, 4, 1, 10, 30) / 1000 - age)).toBeLessThan(600);
    }));
});

describe('data_quality', () => {
  it('counts events of messages that were not delivered', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...times(3, { is_opened: true }),
        { is_opened: true, is_soft_bounced: true },
        { is_opened: true, is_clicked: true, is_hard_bounced: true, is_blocked: true },
        { is_purchased: true, is_blocked: true },
        { is_hard_bounced: true },
      ]);
      expect(
        await martTable(
          client,
          `SELECT detail, figure, of_total, share FROM mart.data_quality WHERE check_name = 'undelivered' ORDER BY detail`,
        ),
      ).toEqual([
        ['clicked but bounced or blocked', 1, 1, 1],
        ['opened but bounced or blocked', 2, 5, 0.4],
        ['purchased but bounced or blocked', 1, 1, 1],
      ]);
    }));

  it('counts dates in the future, and dates more than 30 days before or after nearly all others', () =>
    rolledBack(database.url, async (client) => {
      const checks = `SELECT detail, figure, of_total FROM mart.data_quality WHERE check_name = 'implausible date' ORDER BY detail`;
      const none = (of: number) => [
        ['in the future', 0, of],
        ['more than 30 days after the data', 0, of],
        ['more than 30 days before the data', 0, of],
      ];
      expect(await martTable(client, checks)).toEqual(none(0));
      await insertMessages(client, [
        ...times(1000, { sent_at: '2021-05-01 10:00:00' }),
        ...times(1000, { sent_at: '2021-05-10 10:00:00' }),
        { sent_at: '2021-04-01 10:00:00' },
        { sent_at: '2021-06-09 10:00:00' },
        { sent_at: null },
      ]);
      expect(await martTable(client, checks)).toEqual(none(2002));
      await insertMessages(client, [
        { sent_at: '2099-12-31 10:00:00' },
        { sent_at: '2021-06-10 10:00:00' },
        { sent_at: '2021-03-31 10:00:00' },
        { sent_at: '2001-01-01 10:00:00' },
      ]);
      expect(await martTable(client, checks)).toEqual([
        ['in the future', 1, 2006],
        ['more than 30 days after the data', 1, 2006],
        ['more than 30 days before the data', 2, 2006],
      ]);
    }));

  it('counts unsubscribes and complaints before the send', () =>
    rolledBack(database.url, async (client) => {
      const sent_at = '2021-05-01 10:00:00';
      await insertMessages(client, [
        { sent_at, unsubscribed_at: later(sent_at, -1000) },
        { sent_at, unsubscribed_at: later(sent_at, 1000) },
        { sent_at, complained_at: later(sent_at, -500_000) },
        { sent_at: null, complained_at: sent_at },
      ]);
      expect(
        await martTable(
          client,
          `SELECT detail, figure, of_total FROM mart.data_quality WHERE check_name = 'negative lag' ORDER BY detail`,
        ),
      ).toEqual([
        ['click before the send', 0, 0],
        ['complaint before the send', 1, 1],
        ['open before the send', 0, 0],
        ['purchase before the send', 0, 0],
        ['unsubscribe before the send', 1, 2],
      ]);
    }));
});

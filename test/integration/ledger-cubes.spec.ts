import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { migrations } from '#schema/migrations.js';
import { ExtendLedger1796200000000 } from '#schema/migrations/1796200000000-extend-ledger.js';
import { ledgerDifferences } from '../support/ledger.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martTable } from '../support/mart-rows.js';
import { insertMessages, type MessageFields } from '../support/message-rows.js';
import { fillMart } from '../support/random-mart.js';

jest.setTimeout(30_000);

let database: MartDatabase;

beforeEach(async () => {
  database = await createMartDatabase(process.env['DATABASE_URL']!);
});

afterEach(() => database?.drop());

const MESSAGE: MessageFields = {
  message_type: 'bulk',
  channel: 'email',
  campaign_id: 1,
  email_provider: 'mail.ru',
  platform: 'android',
  sent_at: '2021-05-01 23:00:00',
};

function entries(client: Client, cube: string, columns: string): Promise<unknown[][]> {
  return martTable(
    client,
    `SELECT ${columns}, sum(n) FROM ledger.entries WHERE cube = '${cube}' GROUP BY ${columns} HAVING sum(n) <> 0 ORDER BY ${columns}`,
  );
}

describe('the cubes of the ledger', () => {
  it('count opens, clicks and purchases by age, in the day of sending', () =>
    withClient(database.url, async (client) => {
      const at = ['2021-05-01 22:59:50', '2021-05-01 23:00:15', '2021-05-01 23:00:16', '2021-05-02 00:00:00'];
      const later = ['2021-05-02 23:00:00', '2021-05-08 23:00:00', '2021-05-15 23:00:00', '2021-05-15 23:00:01'];
      const times = [...at, ...later];
      await insertMessages(client, [
        ...times.map((time) => ({ ...MESSAGE, opened_first_time_at: time })),
        { ...MESSAGE, clicked_first_time_at: '2021-05-01 23:00:01', purchased_at: '2021-05-20 00:00:00' },
        { ...MESSAGE, sent_at: null, opened_first_time_at: '2021-05-02 23:00:00' },
        { ...MESSAGE, unsubscribed_at: '2021-05-02 23:00:00' },
      ]);

      expect(await entries(client, 'age', 'event, date, campaign_id, delay_upto')).toEqual([
        ['click', '2021-05-01', 1, 15, 1],
        ['open', '2021-05-01', 1, 15, 2],
        ['open', '2021-05-01', 1, 3600, 2],
        ['open', '2021-05-01', 1, 86_400, 1],
        ['open', '2021-05-01', 1, 604_800, 1],
        ['open', '2021-05-01', 1, 1_209_600, 1],
        ['open', '2021-05-01', 1, null, 1],
        ['purchase', '2021-05-01', 1, null, 1],
      ]);
    }));

  it('count unsubscribes and complaints on the UTC day they happened, even without a time of sending', () =>
    withClient(database.url, async (client) => {
      await client.query(`SET timezone = 'UTC'`);
      await insertMessages(client, [
        { ...MESSAGE, unsubscribed_at: '2021-05-03 23:59:59' },
        { ...MESSAGE, sent_at: null, unsubscribed_at: '2021-05-04 00:00:00' },
        { ...MESSAGE, complained_at: '2021-05-03 12:00:00', opened_first_time_at: '2021-05-03 11:00:00' },
      ]);
      await client.query(`SET timezone = 'Asia/Tokyo'`);
      await client.query('UPDATE messages SET is_blocked = true');

      expect(await entries(client, 'happened', 'event, date, campaign_id, message_type, channel')).toEqual([
        ['complaint', '2021-05-03', 1, 'bulk', 'email', 1],
        ['unsubscribe', '2021-05-03', 1, 'bulk', 'email', 1],
        ['unsubscribe', '2021-05-04', 1, 'bulk', 'email', 1],
      ]);
    }));

  it('count opens of at most 50 s by provider and platform, other events without', () =>
    withClient(database.url, async (client) => {
      await insertMessages(client, [
        { ...MESSAGE, opened_first_time_at: '2021-05-01 22:00:00' },
        { ...MESSAGE, opened_first_time_at: '2021-05-01 23:00:50' },
        { ...MESSAGE, opened_first_time_at: '2021-05-01 23:00:51' },
        { ...MESSAGE, clicked_first_time_at: '2021-05-01 23:00:50', unsubscribed_at: '2021-05-01 23:00:40' },
      ]);

      expect(await entries(client, 'delay', 'event, delay_upto, email_provider, platform')).toEqual([
        ['click', 50, null, null, 1],
        ['open', -60, 'mail.ru', 'android', 1],
        ['open', 50, 'mail.ru', 'android', 1],
        ['open', 51, null, null, 1],
        ['unsubscribe', 40, null, null, 1],
      ]);
    }));
});

it('a mart with messages gets the new cubes when it is migrated, and keeps its counts when it is reverted', async () => {
  const dataSource = await new DataSource({
    type: 'postgres',
    url: database.url,
    migrations,
    installExtensions: false,
  }).initialize();
  try {
    const since = migrations.indexOf(ExtendLedger1796200000000);
    const revert = async () => {
      for (let left = migrations.length; left > since; left--) await dataSource.undoLastMigration();
    };
    const cubes = () =>
      withClient(database.url, (client) =>
        martTable(client, 'SELECT cube, sum(n) FROM ledger.entries GROUP BY cube HAVING sum(n) <> 0 ORDER BY cube'),
      );
    await withClient(database.url, (client) => fillMart(client, 500, 3));
    await revert();
    const before = await cubes();
    expect(before.map(([cube]) => cube)).toEqual(['daily', 'delay', 'device', 'provider', 'quality', 'send_time']);

    await inTransaction(dataSource, (runner) => migrate(dataSource, runner));
    expect((await cubes()).map(([cube]) => cube)).toEqual([...before.map(([cube]) => cube), 'age', 'happened'].sort());
    expect(await ledgerDifferences(database.url)).toEqual([]);

    await revert();
    expect(await cubes()).toEqual(before);
    expect(await ledgerDifferences(database.url)).toEqual([]);
  } finally {
    await dataSource.destroy();
  }
});

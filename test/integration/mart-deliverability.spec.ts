import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, times } from '../support/message-rows.js';

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
});

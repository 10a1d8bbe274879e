import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, times } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

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

  it.each([
    `check_name NOT IN ('duplicate message_id', 'sent after unsubscribe')`,
    `check_name NOT IN ('duplicate message_id', 'sent after unsubscribe', 'quarantine', 'freshness') AND figure > 0`,
    `check_name = 'orphan'`,
  ])('is skipped WHERE %s', (where) =>
    withClient(database.url, async (client) => {
      const plan = await martTable(client, `EXPLAIN SELECT * FROM mart.data_quality WHERE ${where}`);
      expect(plan.flat().join('\n')).not.toMatch(/ on messages\b/);
      const unfiltered = await martTable(client, 'EXPLAIN SELECT * FROM mart.data_quality');
      expect(unfiltered.flat().join('\n')).toMatch(/ on messages\b/);
    }),
  );
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { ReferenceRow } from '../../apps/mart-init/src/reference/reference-row.js';
import { clean } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { REFERENCE_TABLES } from '#schema/contract.js';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, insertRows, times } from '../support/message-rows.js';
import { fieldsOf, type Fields } from '../support/records.js';

jest.setTimeout(60_000);

interface Trap {
  /** A query of the mart, and its correct result. */
  readonly mart: string;
  readonly right: readonly unknown[][];
  /** The obvious query on the tables, and its wrong result. */
  readonly naive: string;
  readonly wrong: readonly unknown[][];
}

/** Checks both queries. The results are worked out by hand. */
async function expectTrap(client: Client, { mart, right, naive, wrong }: Trap): Promise<void> {
  expect(await martTable(client, mart)).toEqual(right);
  const found = await martTable(client, naive);
  expect(found).not.toEqual(right);
  expect(found).toEqual(wrong);
}

function cleaned(fields: Fields) {
  return clean(Buffer.from(JSON.stringify(fieldsOf(1, fields))));
}

describe('the traps of the data set', () => {
  let database: MartDatabase;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
  });

  afterAll(() => database?.drop());

  it('1: campaigns join on id and type; a join on the id alone multiplies messages', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 64, campaign_type: 'bulk', topic: 'sale' },
        { id: 64, campaign_type: 'transactional', topic: 'order' },
      ]);
      await insertMessages(client, [
        ...times(2, { campaign_id: 64, message_type: 'bulk' }),
        { campaign_id: 64, message_type: 'transactional' },
      ]);
      await expectTrap(client, {
        mart: 'SELECT topic, sent FROM mart.topic_rates ORDER BY topic',
        right: [
          ['order', 1],
          ['sale', 2],
        ],
        naive:
          'SELECT topic, count(*) FROM messages JOIN campaigns ON campaigns.id = campaign_id GROUP BY 1 ORDER BY 1',
        wrong: [
          ['order', 3],
          ['sale', 3],
        ],
      });
    }));

  it('2: one file writes t and f, another True and False, and every nonempty text is truthy', () =>
    rolledBack(database.url, async (client) => {
      const texts = ['t', 'f', 'f', 'False', 'True'];
      const rows = texts.map((text) => cleaned({ is_opened: text }));
      const flags = rows.map((row) => row.kind === 'row' && row.values[positionOf('is_opened')] === 't');
      await insertMessages(
        client,
        flags.map((flag) => ({ is_opened: flag })),
      );
      expect(await martTable(client, 'SELECT sent, opened, open_rate FROM mart.channel_rates')).toEqual([[5, 2, 0.4]]);
      expect(texts.filter(Boolean).length).toBe(5);
      expect(texts.filter((text) => text === 't').length).toBe(1);

      const table = REFERENCE_TABLES.find(({ table }) => table === 'campaigns')!;
      const header = table.columns.map(({ name }) => name);
      const reference = new ReferenceRow(table, header);
      const isTest = ['True', 'False', '', 't', 'f'].map((text) => {
        const fields: Record<string, string> = { id: '1', campaign_type: 'trigger', is_test: text };
        const { copyLine } = reference.read(
          header.map((name) => fields[name] ?? ''),
          2,
        );
        return copyLine!.split('\t')[1 + header.indexOf('is_test')];
      });
      expect(isTest).toEqual(['t', 'f', '', 't', 'f']);
    }));

  it('3: opens before the send count; without them the median is too high', () =>
    rolledBack(database.url, async (client) => {
      const opened = ['09:59:57', '09:59:59', '10:00:02', '10:00:10', '10:00:20'];
      await insertMessages(
        client,
        opened.map((time) => ({ sent_at: '2021-05-01 10:00:00', opened_first_time_at: `2021-05-01 ${time}` })),
      );
      await expectTrap(client, {
        mart: `SELECT events, median_seconds FROM mart.response_times WHERE event = 'open' AND message_type = 'bulk'`,
        right: [[5, 2]],
        naive: `SELECT count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM opened_first_time_at - sent_at))
                FROM messages WHERE opened_first_time_at >= sent_at`,
        wrong: [[3, 10]],
      });
      const lags = `SELECT detail, figure, of_total FROM mart.data_quality WHERE check_name = 'negative lag' AND figure > 0`;
      expect(await martTable(client, lags)).toEqual([['open before the send', 2, 5]]);
    }));

  it('4: stages of the funnel are independent; nested counts lose clicks and purchases', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { is_opened: true, is_clicked: true, is_purchased: true },
        { is_opened: true },
        { is_clicked: true },
        { is_purchased: true },
        {},
      ]);
      await expectTrap(client, {
        mart: 'SELECT sent, opened, clicked, purchased FROM mart.funnel',
        right: [[5, 2, 2, 2]],
        naive: `SELECT count(*), count(*) FILTER (WHERE is_opened), count(*) FILTER (WHERE is_opened AND is_clicked),
                       count(*) FILTER (WHERE is_opened AND is_clicked AND is_purchased) FROM messages`,
        wrong: [[5, 2, 1, 1]],
      });
      await expectTrap(client, {
        mart: 'SELECT click_to_open_rate FROM mart.funnel',
        right: [[0.5]],
        naive: 'SELECT round(sum(is_clicked::int)::numeric / sum(is_opened::int), 6) FROM messages',
        wrong: [[1]],
      });
      expect(await martTable(client, 'SELECT clicked_unopened, purchased_unopened FROM mart.funnel')).toEqual([[1, 1]]);
    }));

  it('5: the channel comes from the message; trigger campaigns only say multichannel', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', channel: 'email' },
        { id: 2, campaign_type: 'trigger', channel: 'multichannel' },
      ]);
      await insertMessages(client, [
        { campaign_id: 1, message_type: 'bulk', channel: 'email' },
        { campaign_id: 2, message_type: 'trigger', channel: 'email', is_opened: true },
        { campaign_id: 2, message_type: 'trigger', channel: 'mobile_push' },
      ]);
      await expectTrap(client, {
        mart: 'SELECT channel, sent, open_rate FROM mart.channel_rates ORDER BY channel',
        right: [
          ['email', 2, 0.5],
          ['mobile_push', 1, 0],
        ],
        naive: `SELECT campaigns.channel, count(*), round(avg(is_opened::int), 6)
                FROM messages JOIN campaigns ON campaigns.id = campaign_id AND campaign_type = message_type
                GROUP BY 1 ORDER BY 1`,
        wrong: [
          ['email', 1, 0],
          ['multichannel', 2, 0.5],
        ],
      });
    }));

  it('6: a day with two holidays counts once', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'holidays', [
        { date: '2021-01-25', holiday: "Student's Day" },
        { date: '2021-01-25', holiday: "Tatiana's Day" },
      ]);
      await insertMessages(client, [
        ...times(2, { sent_at: '2021-01-25 08:00:00' }),
        ...times(3, { sent_at: '2021-01-26 08:00:00' }),
      ]);
      await expectTrap(client, {
        mart: 'SELECT is_holiday, sum(sent) FROM mart.holiday_effect GROUP BY 1 ORDER BY 1',
        right: [
          [false, 3],
          [true, 2],
        ],
        naive:
          'SELECT holiday IS NOT NULL, count(*) FROM messages LEFT JOIN holidays USING (date) GROUP BY 1 ORDER BY 1',
        wrong: [
          [false, 3],
          [true, 4],
        ],
      });
      expect(await martTable(client, 'SELECT holiday FROM mart.holiday_effect WHERE is_holiday')).toEqual([
        ["Student's Day + Tatiana's Day"],
      ]);
    }));

  it('7: is_test is null for most campaigns; is_test = false drops them', () =>
    rolledBack(database.url, async (client) => {
      const tests = [null, null, null, false, true];
      await insertRows(
        client,
        'campaigns',
        tests.map((is_test, i) => ({ id: i + 1, campaign_type: 'trigger', topic: 'cart', position: 1, is_test })),
      );
      await insertMessages(
        client,
        tests.map((_, i) => ({ campaign_id: i + 1, message_type: 'trigger' })),
      );
      await expectTrap(client, {
        mart: 'SELECT topic, position, campaigns, sent FROM mart.trigger_sequence',
        right: [['cart', 1, 4, 4]],
        naive: `SELECT topic, position, count(DISTINCT campaigns.id), count(*)
                FROM messages JOIN campaigns ON campaigns.id = campaign_id AND campaign_type = message_type
                WHERE message_type = 'trigger' AND is_test = false GROUP BY 1, 2`,
        wrong: [['cart', 1, 1, 1]],
      });
    }));

  it('8: subject features are compared within a type; across types an emoji seems to do harm', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', subject_with_emoji: true },
        { id: 2, campaign_type: 'bulk', subject_with_emoji: false },
        { id: 3, campaign_type: 'transactional', subject_with_emoji: false },
      ]);
      await insertMessages(client, [
        ...times(3, { campaign_id: 1, is_opened: true }),
        ...times(7, { campaign_id: 1 }),
        ...times(2, { campaign_id: 2, is_opened: true }),
        ...times(8, { campaign_id: 2 }),
        ...times(8, { campaign_id: 3, message_type: 'transactional', is_opened: true }),
        ...times(12, { campaign_id: 3, message_type: 'transactional' }),
      ]);
      await expectTrap(client, {
        mart: `SELECT value, open_rate FROM mart.subject_features WHERE feature = 'emoji' AND campaign_type = 'bulk' ORDER BY 1`,
        right: [
          ['false', 0.2],
          ['true', 0.3],
        ],
        naive: `SELECT subject_with_emoji::text, round(avg(is_opened::int), 6)
                FROM messages JOIN campaigns ON campaigns.id = campaign_id AND campaign_type = message_type
                GROUP BY 1 ORDER BY 1`,
        wrong: [
          ['false', 0.333333],
          ['true', 0.3],
        ],
      });
    }));

  it('9: top campaigns have a minimum volume; without it tiny campaigns come first', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...times(400, { campaign_id: 1, is_opened: true }),
        ...times(600, { campaign_id: 1 }),
        ...times(300, { campaign_id: 2, is_opened: true }),
        ...times(700, { campaign_id: 2 }),
        ...times(2, { campaign_id: 3, is_opened: true }),
        ...times(1, { campaign_id: 4, is_opened: true }),
      ]);
      await expectTrap(client, {
        mart: 'SELECT campaign_id, open_rate FROM mart.top_campaigns(most => 2)',
        right: [
          [1, 0.4],
          [2, 0.3],
        ],
        naive: `SELECT campaign_id, round(avg(is_opened::int), 6) FROM messages
                GROUP BY campaign_id ORDER BY 2 DESC, count(*) DESC LIMIT 2`,
        wrong: [
          [3, 1],
          [4, 1],
        ],
      });
    }));

  it('10: recent days, which still lack purchases, are marked; they lower a plain average', () =>
    rolledBack(database.url, async (client) => {
      const days = Array.from({ length: 10 }, (_, i) => `2021-05-${String(i + 1).padStart(2, '0')} 10:00:00`);
      await insertMessages(
        client,
        days.flatMap((sent_at, i) => [{ sent_at, is_purchased: i < 3 }, { sent_at }]),
      );
      await expectTrap(client, {
        mart: `SELECT min(date), max(date), round(sum(purchased) / sum(sent), 6) FROM mart.daily_rates WHERE NOT is_right_censored`,
        right: [['2021-05-01', '2021-05-03', 0.5]],
        naive: 'SELECT min(date), max(date), round(avg(is_purchased::int), 6) FROM messages',
        wrong: [['2021-05-01', '2021-05-10', 0.15]],
      });
    }));

  it('10: a message with a wrong clock does not make the last days look complete', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ sent_at: '2021-05-01 10:00:00' }, { sent_at: '2099-12-31 10:00:00' }]);
      await expectTrap(client, {
        mart: 'SELECT date FROM mart.daily_rates WHERE is_right_censored ORDER BY date',
        right: [['2021-05-01'], ['2099-12-31']],
        naive: 'SELECT date FROM messages WHERE date > (SELECT max(date) - 7 FROM messages) ORDER BY date',
        wrong: [['2099-12-31']],
      });
    }));

  it('10: a newer version of a message replaces its counts; counting versions adds them up', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, times(2, {}));
      await client.query('CREATE TEMPORARY TABLE versions AS SELECT * FROM messages');
      await client.query(
        `UPDATE messages SET is_opened = true, opened_first_time_at = sent_at + interval '3 s' WHERE id = 1`,
      );
      await client.query('INSERT INTO versions SELECT * FROM messages WHERE id = 1');
      await client.query(
        `UPDATE messages SET is_purchased = true, purchased_at = sent_at + interval '2 d' WHERE id = 1`,
      );
      await client.query('INSERT INTO versions SELECT * FROM messages WHERE id = 1');
      await expectTrap(client, {
        mart: 'SELECT sent, opened, purchased FROM mart.daily_rates',
        right: [[2, 1, 1]],
        naive: `SELECT count(*), count(*) FILTER (WHERE is_opened), count(*) FILTER (WHERE is_purchased) FROM versions`,
        wrong: [[4, 2, 1]],
      });
    }));

  it('11: opens are counted by flag; counting times misses some, and data_quality shows the contradiction', () =>
    rolledBack(database.url, async (client) => {
      const untimed = { is_opened: true, opened_first_time_at: null, opened_last_time_at: null };
      await insertMessages(client, [...times(2, { is_opened: true }), untimed, {}]);
      await expectTrap(client, {
        mart: 'SELECT opened, open_rate FROM mart.channel_rates',
        right: [[3, 0.75]],
        naive:
          'SELECT count(opened_first_time_at), round(count(opened_first_time_at)::numeric / count(*), 6) FROM messages',
        wrong: [[2, 0.5]],
      });
      const contradictions = `SELECT detail, figure, of_total FROM mart.data_quality WHERE check_name = 'contradiction' AND figure > 0`;
      expect(await martTable(client, contradictions)).toEqual([['is_opened without opened_first_time_at', 1, 4]]);

      // Worse contradictions are rejected and never reach the mart.
      const [earlier, opened] = ['2021-05-01 10:00:01', '2021-05-01 10:00:09'];
      expect(cleaned({ is_opened: 'f', opened_first_time_at: opened })).toEqual({
        kind: 'rejected',
        reasons: [{ column: 'is_opened', reason: 'contradiction' }],
      });
      expect(cleaned({ is_opened: 't', opened_first_time_at: opened, opened_last_time_at: earlier })).toEqual({
        kind: 'rejected',
        reasons: [{ column: 'opened_last_time_at', reason: 'time_order' }],
      });
    }));

  it('12: one day can have most unsubscribes of a channel; the average over all days fits no day', () =>
    rolledBack(database.url, async (client) => {
      const [first, second] = ['2021-04-30 10:00:00', '2021-05-01 10:00:00'];
      const push = { channel: 'mobile_push' };
      await insertMessages(client, [
        ...times(6, { ...push, sent_at: first, is_unsubscribed: true }),
        ...times(4, { ...push, sent_at: first }),
        { ...push, sent_at: second, is_unsubscribed: true },
        ...times(9, { ...push, sent_at: second }),
        { sent_at: second, is_unsubscribed: true },
        ...times(9, { sent_at: second }),
      ]);
      await expectTrap(client, {
        mart: `SELECT channel, unsubscribe_rate FROM mart.unsubscribes_and_complaints WHERE share_of_unsubscribes < 0.5 ORDER BY channel`,
        right: [
          ['email', 0.1],
          ['mobile_push', 0.1],
        ],
        naive: 'SELECT channel, round(avg(is_unsubscribed::int), 6) FROM messages GROUP BY channel ORDER BY channel',
        wrong: [
          ['email', 0.1],
          ['mobile_push', 0.35],
        ],
      });
      const days = `SELECT date, channel, unsubscribed, share_of_unsubscribes FROM mart.unsubscribes_and_complaints ORDER BY 1, 2`;
      expect(await martTable(client, days)).toEqual([
        ['2021-04-30', 'mobile_push', 6, 0.75],
        ['2021-05-01', 'email', 1, 0.125],
        ['2021-05-01', 'mobile_push', 1, 0.125],
      ]);
    }));

  it('13: before first purchases were recorded, clients are unknown; a plain join counts them as new', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'client_first_purchase_date', [
        { client_id: 1, first_purchase_date: '2021-12-15' },
        { client_id: 2, first_purchase_date: '2022-03-01' },
      ]);
      const clients = ['1', '2', '3'];
      await insertMessages(client, [
        ...clients.map((client_id) => ({ client_id, sent_at: '2021-05-01 10:00:00' })),
        ...clients.map((client_id) => ({ client_id, sent_at: '2022-01-10 10:00:00' })),
      ]);
      await expectTrap(client, {
        mart: 'SELECT client, sent FROM mart.new_and_existing_clients ORDER BY client',
        right: [
          ['buys later', 1],
          ['existing', 1],
          ['no purchase known', 1],
          ['unknown', 3],
        ],
        naive: `SELECT CASE WHEN first_purchase_date < date THEN 'existing' ELSE 'new' END, count(*)
                FROM messages LEFT JOIN client_first_purchase_date USING (client_id) GROUP BY 1 ORDER BY 1`,
        wrong: [
          ['existing', 1],
          ['new', 5],
        ],
      });
    }));
});

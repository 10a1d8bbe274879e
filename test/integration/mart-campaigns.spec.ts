import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martRows, martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, insertRows, times, type MessageFields } from '../support/message-rows.js';

jest.setTimeout(60_000);

const on = (day: string, fields: MessageFields = {}): MessageFields => ({ sent_at: `${day} 10:00:00`, ...fields });
/** Opened, clicked, … so many of `sent` messages. */
const some = (sent: number, happened: number, event: MessageFields, fields: MessageFields): MessageFields[] => [
  ...times(happened, { ...fields, ...event }),
  ...times(sent - happened, fields),
];

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

const onMart = (work: (client: Client) => Promise<void>) => () => rolledBack(database.url, work);

describe('campaigns of certain days', () => {
  const insert = (client: Client) =>
    insertMessages(client, [
      on('2021-05-01', { campaign_id: 1, is_opened: true }),
      on('2021-05-02', { campaign_id: 1 }),
      on('2021-05-03', { campaign_id: 1, is_opened: true }),
      on('2021-05-03', { campaign_id: 2 }),
      { campaign_id: 3, sent_at: null },
    ]);
  const between = (client: Client, days: string) =>
    martTable(
      client,
      `SELECT campaign_id, first_date, last_date, sent, open_rate FROM mart.campaigns_between(${days}) ORDER BY 1`,
    );

  it(
    'have the figures of messages sent on these days only',
    onMart(async (client) => {
      await insert(client);

      expect(await between(client, `'2021-05-02', '2021-05-03'`)).toEqual([
        [1, '2021-05-02', '2021-05-03', 2, 0.5],
        [2, '2021-05-03', '2021-05-03', 1, 0],
      ]);
      expect(await between(client, `last_day => '2021-05-01'`)).toEqual([[1, '2021-05-01', '2021-05-01', 1, 1]]);
      expect(await between(client, `'2021-06-01'`)).toEqual([]);
    }),
  );

  it(
    'equal the scorecard without limits, messages without a date included',
    onMart(async (client) => {
      await insert(client);
      const scorecard = await martRows(client, 'SELECT * FROM mart.campaign_scorecard ORDER BY campaign_id');

      expect(scorecard.map(({ sent }) => sent)).toEqual([3, 1, 1]);
      for (const days of ['', 'NULL, NULL', `'-infinity', 'infinity'`]) {
        expect(await martRows(client, `SELECT * FROM mart.campaigns_between(${days}) ORDER BY campaign_id`)).toEqual(
          scorecard,
        );
      }
    }),
  );

  it.each([
    `campaigns_between('2021-05-02', '2021-05-01')`,
    `top_campaigns(first_day => '2021-05-02', last_day => '2021-05-01')`,
  ])('are an error in the wrong order, also in an empty mart: %s', async (call) => {
    await rolledBack(database.url, async (client) => {
      await expect(client.query(`SELECT * FROM mart.${call}`)).rejects.toThrow(
        'first_day 2021-05-02 is after last_day 2021-05-01',
      );
    });
  });

  it(
    'can be added up from campaign_daily, which has a row for each day and channel, known or not',
    onMart(async (client) => {
      await insertRows(client, 'campaigns', [{ id: 1, campaign_type: 'bulk', topic: 'sale', channel: 'multichannel' }]);
      await insertMessages(client, [
        on('2021-05-01', { campaign_id: 1, is_opened: true }),
        on('2021-05-01', { campaign_id: 1 }),
        on('2021-05-01', { campaign_id: 1, channel: 'sms' }),
        on('2021-05-20', { campaign_id: 2 }),
        { campaign_id: null, sent_at: null },
      ]);
      const columns =
        'date, campaign_id, channel, topic, is_right_censored, is_purchase_right_censored, sent, open_rate';
      expect(
        await martTable(client, `SELECT ${columns} FROM mart.campaign_daily ORDER BY date, campaign_id, channel`),
      ).toEqual([
        ['2021-05-01', 1, 'email', 'sale', false, false, 2, 0.5],
        ['2021-05-01', 1, 'sms', 'sale', false, false, 1, 0],
        ['2021-05-20', 2, 'email', null, true, true, 1, 0],
        [null, null, 'email', null, null, null, 1, 0],
      ]);
    }),
  );
});

describe('the days of a campaign', () => {
  const days = (client: Client) =>
    martTable(
      client,
      'SELECT first_date, last_date, first_date_99, last_date_99 FROM mart.campaign_scorecard ORDER BY campaign_id',
    );

  it(
    'are stretched by a stray date; the span of 99 % is not',
    onMart(async (client) => {
      await insertMessages(client, [
        ...times(100, on('2021-05-03')),
        ...times(98, on('2021-05-04')),
        on('2021-01-01'),
        on('2022-12-31'),
      ]);
      expect(await days(client)).toEqual([['2021-01-01', '2022-12-31', '2021-05-03', '2021-05-04']]);
    }),
  );

  it(
    'keep a message that is more than 0.5 % of its campaign, and are null without dates',
    onMart(async (client) => {
      await insertMessages(client, [
        ...times(198, on('2021-05-03', { campaign_id: 1 })),
        on('2021-01-01', { campaign_id: 1 }),
        on('2021-05-05', { campaign_id: 2 }),
        { campaign_id: 3, sent_at: null },
      ]);
      expect(await days(client)).toEqual([
        ['2021-01-01', '2021-05-03', '2021-01-01', '2021-05-03'],
        ['2021-05-05', '2021-05-05', '2021-05-05', '2021-05-05'],
        [null, null, null, null],
      ]);
    }),
  );
});

describe('maturity', () => {
  it(
    'is false for campaigns, topics, experiments, subjects and triggers whose messages are younger than 7 or 14 days',
    onMart(async (client) => {
      const campaigns = ['old', 'week', 'new', 'undated'].map((topic, i) => ({
        ...{ id: i + 1, campaign_type: 'trigger', topic, position: i + 1, subject_length: 40 * i },
        ...{ ab_test: i % 2 === 0 || null, warmup_mode: i >= 2 },
      }));
      await insertRows(client, 'campaigns', campaigns);
      const days = ['2021-05-01', '2021-05-10', '2021-05-20', null];
      await insertMessages(
        client,
        days.flatMap((day, i) =>
          times(10, {
            ...{ campaign_id: i + 1, message_type: 'trigger' },
            sent_at: day === null ? null : `${day} 10:00:00`,
          }),
        ),
      );
      // A message from a wrong clock makes nothing mature.
      await insertMessages(client, [on('2099-01-01', { campaign_id: null })]);

      const expected = [
        [true, true],
        [true, false],
        [false, false],
        [null, null],
      ];
      const mature = (from: string) => martTable(client, `SELECT is_mature, is_purchase_mature FROM mart.${from}`);
      const flags = {
        campaigns: await mature('campaign_scorecard WHERE is_known ORDER BY campaign_id'),
        topics: await mature('topic_rates WHERE topic IS NOT NULL ORDER BY topic'),
        triggers: await mature('trigger_sequence ORDER BY position'),
        subjects: await mature(
          `subject_features WHERE feature = 'length' ORDER BY substring(value FROM '^[0-9]+')::integer`,
        ),
        experiments: await mature(
          `experiment_effect ORDER BY array_position('{A/B test,none,A/B test and warm-up,warm-up}', experiment)`,
        ),
      };
      expect(flags).toEqual({
        campaigns: expected,
        // In alphabetical order.
        topics: [expected[2], expected[0], expected[3], expected[1]],
        triggers: expected,
        subjects: expected,
        experiments: expected,
      });
    }),
  );

  it(
    'tolerates 1 % of late messages',
    onMart(async (client) => {
      await insertMessages(client, [
        ...times(99, on('2021-05-01', { campaign_id: 1 })),
        on('2021-05-20', { campaign_id: 1 }),
        ...times(98, on('2021-05-01', { campaign_id: 2 })),
        ...times(2, on('2021-05-20', { campaign_id: 2 })),
      ]);
      expect(await martTable(client, 'SELECT campaign_id, is_mature FROM mart.campaign_scorecard ORDER BY 1')).toEqual([
        [1, true],
        [2, false],
      ]);
    }),
  );
});

describe('messages without a campaign', () => {
  it(
    'are a row for each type in the scorecard and the audience, and counted in the topics',
    onMart(async (client) => {
      await insertMessages(client, [
        { campaign_id: null, client_id: '1', is_opened: true },
        { campaign_id: null, client_id: '1' },
        { campaign_id: null, client_id: '2', message_type: 'transactional' },
        { campaign_id: 5, client_id: '1' },
      ]);
      expect(
        await martTable(
          client,
          'SELECT campaign_type, campaign_id, is_known, sent, open_rate FROM mart.campaign_scorecard ORDER BY 1, 2',
        ),
      ).toEqual([
        ['bulk', 5, false, 1, 0],
        ['bulk', null, false, 2, 0.5],
        ['transactional', null, false, 1, 0],
      ]);
      expect(
        await martTable(
          client,
          'SELECT campaign_type, campaign_id, sent, unique_clients FROM mart.campaign_audience ORDER BY 1, 2',
        ),
      ).toEqual([
        ['bulk', 5, 1, 1],
        ['bulk', null, 2, 1],
        ['transactional', null, 1, 1],
      ]);
      expect(
        await martTable(
          client,
          'SELECT message_type, topic, campaigns, sent, sent_without_campaign FROM mart.topic_rates ORDER BY 1',
        ),
      ).toEqual([
        ['bulk', null, 1, 3, 2],
        ['transactional', null, 0, 1, 1],
      ]);
      expect(await martTable(client, 'SELECT campaign_id FROM mart.top_campaigns(least_sent => 0)')).toEqual([[5]]);
    }),
  );
});

describe('opens within 15 seconds', () => {
  const rates = (client: Client) =>
    martTable(
      client,
      `SELECT opened, opened_within_15s, open_rate, later_open_rate, later_open_rate_delivered
       FROM mart.campaign_scorecard`,
    );

  it(
    'are counted, with open rates without them',
    onMart(async (client) => {
      const opened = ['09:59:58', '10:00:15', '10:00:15.5', '10:00:16', '11:00:00'];
      await insertMessages(client, [
        ...opened.map((time) => on('2021-05-01', { opened_first_time_at: `2021-05-01 ${time}` })),
        // A flag without a time counts among the others.
        on('2021-05-01', { is_opened: true, opened_first_time_at: null, opened_last_time_at: null }),
        ...times(2, on('2021-05-01')),
        ...times(2, on('2021-05-01', { is_hard_bounced: true })),
      ]);
      expect(await rates(client)).toEqual([[6, 2, 0.6, 0.4, 0.5]]);
      await client.query('SELECT ledger.fold()');
      expect(await rates(client)).toEqual([[6, 2, 0.6, 0.4, 0.5]]);
    }),
  );

  it(
    'never make a rate negative, even if a time contradicts its flag',
    onMart(async (client) => {
      await insertMessages(client, [
        on('2021-05-01', { is_opened: false, opened_first_time_at: '2021-05-01 10:00:01' }),
        on('2021-05-01'),
      ]);
      expect(await rates(client)).toEqual([[0, 1, 0, 0, 0]]);
    }),
  );
});

describe('top_campaigns', () => {
  const top = (client: Client, parameters: string, columns = 'campaign_id') =>
    martTable(client, `SELECT ${columns} FROM mart.top_campaigns(${parameters})`);

  it(
    'applies the minimum to the denominator of the rate',
    onMart(async (client) => {
      await insertMessages(client, [
        // One open of eight, with a click.
        { campaign_id: 1, is_opened: true, is_clicked: true },
        ...times(7, { campaign_id: 1 }),
        ...some(10, 4, { is_clicked: true }, { campaign_id: 2, is_opened: true }),
        // Eight sent, none delivered.
        ...times(8, { campaign_id: 3, is_hard_bounced: true, is_opened: true }),
      ]);
      const columns = 'campaign_id, sent, delivered, opened';
      expect(await top(client, `'click_to_open_rate', 8`, columns)).toEqual([
        [2, 10, 10, 10],
        [3, 8, 0, 8],
      ]);
      expect(await top(client, `'open_rate_delivered', 8`, columns)).toEqual([
        [2, 10, 10, 10],
        [1, 8, 8, 1],
      ]);
      expect((await top(client, `'open_rate', 8`)).length).toBe(3);
      // Without a minimum, campaigns without a rate come last.
      expect(await top(client, `'open_rate_delivered', 0`)).toEqual([[2], [1], [3]]);
      expect(await top(client, `'open_rate_delivered', NULL, NULL`)).toEqual([[2], [1], [3]]);
    }),
  );

  it(
    'returns the lowest of rates that are better the lower they are, and the worst on request',
    onMart(async (client) => {
      const events = {
        bounce_rate: 'is_soft_bounced',
        complaint_rate: 'is_complained',
        unsubscribe_rate: 'is_unsubscribed',
      };
      await insertMessages(
        client,
        Object.values(events).flatMap((flag) =>
          [1, 0, 2].flatMap((happened, i) => some(10, happened, { [flag]: true }, { campaign_id: i + 1 })),
        ),
      );
      const names = [...Object.keys(events), 'complaint_rate_delivered', 'unsubscribe_rate_delivered'];
      for (const rate of names) {
        expect([rate, await top(client, `'${rate}', 1`)]).toEqual([rate, [[2], [1], [3]]]);
        expect([rate, await top(client, `'${rate}', 1, 2, true`)]).toEqual([rate, [[3], [1]]]);
      }
    }),
  );

  it(
    'returns the lowest open rates if the worst are wanted, the larger campaign first among equals',
    onMart(async (client) => {
      await insertMessages(client, [
        ...some(10, 5, { is_opened: true }, { campaign_id: 1 }),
        ...some(10, 1, { is_opened: true }, { campaign_id: 2 }),
        ...some(20, 10, { is_opened: true }, { campaign_id: 3 }),
        ...some(10, 5, { is_opened: true }, { campaign_id: 1, message_type: 'transactional' }),
      ]);
      const columns = 'campaign_id, campaign_type';
      const same = [
        [3, 'bulk'],
        [1, 'bulk'],
        [1, 'transactional'],
      ];
      expect(await top(client, `'open_rate', 1`, columns)).toEqual([...same, [2, 'bulk']]);
      expect(await top(client, `'open_rate', 1, 20, true`, columns)).toEqual([[2, 'bulk'], ...same]);
    }),
  );

  it(
    'ranks by the messages of the given days, and applies the minimum to them',
    onMart(async (client) => {
      await insertMessages(client, [
        ...some(10, 9, { is_opened: true }, on('2021-05-01', { campaign_id: 1 })),
        ...some(10, 1, { is_opened: true }, on('2021-05-02', { campaign_id: 1 })),
        ...some(10, 2, { is_opened: true }, on('2021-05-02', { campaign_id: 2 })),
        ...times(5, on('2021-05-02', { campaign_id: 3, is_opened: true })),
        ...times(5, on('2021-05-01', { campaign_id: 3, is_opened: true })),
      ]);
      const parameters = `least_sent => 10, first_day => '2021-05-02', last_day => '2021-05-02'`;
      expect(await top(client, parameters, 'campaign_id, sent, opened')).toEqual([
        [2, 10, 2],
        [1, 10, 1],
      ]);
    }),
  );

  it.each(['open_rates', 'sent', 'open_rate_low'])('rejects %s as a rate, also in an empty mart', (rate) =>
    rolledBack(database.url, async (client) => {
      await expect(top(client, `'${rate}'`)).rejects.toThrow(`top_campaigns has no rate ${rate}`);
    }),
  );
});

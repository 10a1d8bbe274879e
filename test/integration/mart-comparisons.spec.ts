import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { USUAL_RATES } from '#schema/mart/measures.js';
import { Prng } from '#sample-data/prng.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martRows, martTable, rolledBack, type MartRow } from '../support/mart-rows.js';
import { insertMessages, insertRows, later, times, type MessageFields } from '../support/message-rows.js';
import { fillMart } from '../support/random-mart.js';
import { compareGroups, compareWarnings, twoSided, type MessageGroup } from '../support/recount/compare.js';
import { readMartData, type MartData } from '../support/recount/mart-data.js';

jest.setTimeout(60_000);

const SENT_AT = '2021-05-01 10:00:00';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

describe('campaign_costs and campaign_pace', () => {
  it('keep six significant digits of small figures', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ is_opened: true, is_clicked: true }, ...times(2, { is_opened: true })]);
      await insertRows(client, 'campaigns', [
        // The shortest and one of the longest campaigns of the data set.
        { id: 1, campaign_type: 'bulk', started_at: '2021-05-01 10:00:00.12', finished_at: '2021-05-01 10:00:08.4' },
        { id: 2, campaign_type: 'bulk', started_at: '2021-05-01', finished_at: '2021-06-20 13:20:00', total_count: 7 },
      ]);

      const costs = 'SELECT cost_per_open, cost_per_click FROM mart.campaign_costs(email_price => 0.00001)';
      expect(await martTable(client, costs)).toEqual([[0.00001, 0.00003]]);
      const pace = 'SELECT duration_hours, planned_per_hour FROM mart.campaign_pace ORDER BY campaign_id';
      expect(await martTable(client, pace)).toEqual([
        [0.0023, null],
        [1213.33, 0.00576923],
      ]);
    }));

  it.each(['-0.01', "'NaN'", "'Infinity'", 'NULL'])('refuse a price of %s', (price) =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{}]);
      const costs = martTable(client, `SELECT * FROM mart.campaign_costs(sms_price => ${price})`);
      await expect(costs).rejects.toThrow(
        `sms_price must be 0 or more, not ${price.replaceAll("'", '').replace('NULL', 'null')}`,
      );
    }),
  );

  it('compare the planned volume with the hour limit exactly', () =>
    rolledBack(database.url, async (client) => {
      const campaign = { campaign_type: 'bulk', started_at: '2021-05-01 10:00:00' };
      await insertRows(client, 'campaigns', [
        { id: 1, ...campaign, finished_at: '2021-05-01 10:07:00', total_count: 7, hour_limit: 60 },
        { id: 2, ...campaign, finished_at: '2021-05-01 10:07:00.000001', total_count: 7, hour_limit: 60 },
        { id: 3, ...campaign, finished_at: '2021-05-01 10:06:59.999999', total_count: 7, hour_limit: 60 },
        { id: 4, ...campaign, finished_at: '2021-05-01 10:00:00', total_count: 7, hour_limit: 60 },
        { id: 5, ...campaign, finished_at: '2021-05-01 09:00:00', total_count: 7, hour_limit: 60 },
        { id: 6, ...campaign, finished_at: '2021-05-01 11:00:00', total_count: 9_000_000_000_000_000, hour_limit: 60 },
      ]);
      const pace = `SELECT duration_hours, planned_per_hour, is_over_limit FROM mart.campaign_pace ORDER BY campaign_id`;
      expect(await martTable(client, pace)).toEqual([
        [0.116667, 60, false],
        [0.116667, 60, false],
        [0.116667, 60, true],
        [0, null, null],
        [-1, null, null],
        [1, 9_000_000_000_000_000, true],
      ]);
    }));
});

describe('campaign_maturity', () => {
  const CURVE = `SELECT event, age, sent, happened, rate FROM mart.campaign_maturity ORDER BY event, age_seconds`;
  /** The last day of the data, on which another campaign sends. */
  const end = (date: string) => times(10, { campaign_id: 99, sent_at: `${date} 00:00:00` });

  it('counts events up to each age, among messages that are old enough', () =>
    rolledBack(database.url, async (client) => {
      const opened = (after: number): MessageFields => ({
        campaign_id: 1,
        sent_at: SENT_AT,
        is_opened: true,
        opened_first_time_at: later(SENT_AT, after),
      });
      await insertRows(client, 'campaigns', [{ id: 1, campaign_type: 'bulk', topic: 'sale' }]);
      await insertMessages(client, [
        opened(-1000),
        opened(HOUR_MS),
        opened(HOUR_MS + 1000),
        opened(DAY_MS),
        opened(7 * DAY_MS),
        opened(14 * DAY_MS),
        opened(14 * DAY_MS + 1000),
        { campaign_id: 1, sent_at: SENT_AT },
        // Too young for 14 days: sent on the eighth.
        { campaign_id: 1, sent_at: '2021-05-08 23:59:59', is_opened: true },
        ...end('2021-05-15'),
      ]);

      const opens = `SELECT topic, age, sent, happened, rate FROM mart.campaign_maturity
                     WHERE campaign_id = 1 AND event = 'open' ORDER BY age_seconds`;
      expect(await martTable(client, opens)).toEqual([
        ['sale', '1 h', 9, 3, 0.333333],
        ['sale', '24 h', 9, 5, 0.555556],
        ['sale', '7 d', 9, 6, 0.666667],
        ['sale', '14 d', 8, 6, 0.75],
      ]);
    }));

  it('ends where no message is old enough', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [{ campaign_id: 1, sent_at: SENT_AT, is_clicked: true }]);
      expect(await martTable(client, CURVE)).toEqual([]);
      await insertMessages(client, end('2021-05-02'));
      const rows = await martTable(client, CURVE);
      expect(rows).toEqual([
        ['click', '1 h', 1, 1, 1],
        ['click', '24 h', 1, 1, 1],
        ['open', '1 h', 1, 0, 0],
        ['open', '24 h', 1, 0, 0],
        ['purchase', '1 h', 1, 0, 0],
        ['purchase', '24 h', 1, 0, 0],
      ]);
    }));

  it('is not moved by stray dates in the past or in the future', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [...times(500, { campaign_id: 1, sent_at: SENT_AT }), ...end('2021-05-02')]);
      const before = await martTable(client, CURVE);
      expect(before).toHaveLength(6);
      await insertMessages(client, [
        { campaign_id: 98, sent_at: '2021-09-01 00:00:00' },
        { campaign_id: 98, sent_at: '2099-01-01 00:00:00' },
      ]);
      expect(await martTable(client, CURVE)).toEqual(before);
    }));

  it('leaves out messages without a day or a campaign, and events without a time or a time of sending', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        { campaign_id: 1, sent_at: null, date: null, is_opened: true },
        { campaign_id: null, sent_at: SENT_AT, is_opened: true },
        { campaign_id: 1, sent_at: SENT_AT, is_opened: true, opened_first_time_at: null, opened_last_time_at: null },
        { campaign_id: 1, sent_at: null, date: '2021-05-01', is_opened: true },
        ...end('2021-05-02'),
      ]);
      const opens = `SELECT campaign_id, age, sent, happened FROM mart.campaign_maturity WHERE event = 'open' ORDER BY age_seconds`;
      expect(await martTable(client, opens)).toEqual([
        [1, '1 h', 2, 0],
        [1, '24 h', 2, 0],
      ]);
    }));

  it('keeps campaigns of two types apart that share an id', () =>
    rolledBack(database.url, async (client) => {
      await insertRows(client, 'campaigns', [{ id: 1, campaign_type: 'transactional', topic: 'order' }]);
      await insertMessages(client, [
        { campaign_id: 1, message_type: 'bulk', sent_at: SENT_AT },
        { campaign_id: 1, message_type: 'transactional', sent_at: SENT_AT, is_opened: true },
        ...end('2021-05-02'),
      ]);
      const rows = `SELECT campaign_type, topic, sent, happened FROM mart.campaign_maturity
                    WHERE event = 'open' AND age = '1 h' ORDER BY campaign_type`;
      expect(await martTable(client, rows)).toEqual([
        ['bulk', null, 1, 0],
        ['transactional', 'order', 1, 1],
      ]);
    }));
});

/** Two campaigns of e-mails on one day, long before the end of the data. */
async function insertTwoCampaigns(client: Client, a: readonly [number, number], b: readonly [number, number]) {
  const campaign = (campaign_id: number, [part, whole]: readonly [number, number]) => [
    ...times(part, { campaign_id, sent_at: SENT_AT, is_opened: true }),
    ...times(whole - part, { campaign_id, sent_at: SENT_AT }),
  ];
  await insertMessages(client, [
    ...campaign(1, a),
    ...campaign(2, b),
    ...times(20, { campaign_id: 9, sent_at: '2021-06-30 10:00:00' }),
  ]);
}

const literal = (value: unknown) => `'${JSON.stringify(value)}'`;
const comparison = (columns: string, a: unknown, b: unknown, ...rate: string[]) =>
  `SELECT ${columns} FROM mart.compare(${[literal(a), literal(b), ...rate.map((each) => `'${each}'`)].join(', ')})`;

describe('compare', () => {
  // R. G. Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10.
  it.each([
    [[48, 80], [56, 70], 0.2, 0.0524, 0.3339],
    [[3, 10], [9, 10], 0.6, 0.1705, 0.809],
    [[0, 29], [5, 56], 0.0892857, -0.0381, 0.1926],
    [[0, 20], [0, 10], 0, -0.1611, 0.2775],
  ] as const)('has the published interval of %j and %j', (a, b, difference, low, high) =>
    rolledBack(database.url, async (client) => {
      await insertTwoCampaigns(client, a, b);
      const columns = 'difference, round(difference_low, 4), round(difference_high, 4), is_clear';
      expect(await martTable(client, comparison(columns, { campaign_id: 1 }, { campaign_id: 2 }))).toEqual([
        [difference, low, high, low > 0],
      ]);
    }),
  );

  it('adjusts the interval to the number of groups', () =>
    rolledBack(database.url, async (client) => {
      await insertTwoCampaigns(client, [30, 200], [60, 200]);
      const group = { campaign_id: 2 };
      const adjusted = async (groups: number) => {
        const b = Array.from({ length: groups }, () => group);
        const columns = 'difference_low, difference_low_adjusted, comparisons';
        return (await martTable(client, comparison(columns, { campaign_id: 1 }, b)))[groups - 1]!;
      };
      const [low, lowOfOne] = await adjusted(1);
      expect(lowOfOne).toBe(low);
      const [lowInTwenty, lowOfTwenty, comparisons] = await adjusted(20);
      expect([lowInTwenty, comparisons]).toEqual([low, 20]);
      expect(lowOfTwenty).toBeLessThan(low as number);
      expect(twoSided(0.05 / 20)).toBeCloseTo(3.02334, 5);
    }));

  it('compares rates over delivered, even if more messages were opened than delivered', () =>
    rolledBack(database.url, async (client) => {
      const bounced: MessageFields = { campaign_id: 1, sent_at: SENT_AT, is_opened: true, is_hard_bounced: true };
      await insertMessages(client, [...times(3, bounced), { campaign_id: 1 }, ...times(4, { campaign_id: 2 })]);
      const columns = 'a_whole, a_part, a_rate, a_rate_high, b_rate, difference, difference_low, difference_high';
      const [row] = await martRows(
        client,
        comparison(columns, { campaign_id: 1 }, { campaign_id: 2 }, 'open_rate_delivered'),
      );
      expect(row).toMatchObject({
        a_whole: 1,
        a_part: 3,
        a_rate: 3,
        a_rate_high: 1,
        b_rate: 0,
        difference: -3,
        difference_low: -3,
      });
      expect(row!.difference_high).toBeGreaterThan(-3);
    }));

  it('has no difference if a denominator is 0', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, times(2, { campaign_id: 1 }));
      const columns = 'a_whole, a_rate, b_whole, b_rate, difference, difference_low, is_clear, is_clear_adjusted';
      const nothing = [null, null, null, null];
      const ofNothing = comparison(columns, { campaign_id: 1 }, { campaign_id: 2 });
      expect(await martTable(client, ofNothing)).toEqual([[2, 0, 0, null, ...nothing]]);
      const unopened = comparison(columns, { campaign_id: 1 }, { channel: 'email' }, 'click_to_open_rate');
      expect(await martTable(client, unopened)).toEqual([[0, null, 0, null, ...nothing]]);
    }));

  it('answers in an empty mart', () =>
    rolledBack(database.url, async (client) => {
      const columns = 'a_whole, b_whole, difference, warning';
      expect(await martTable(client, comparison(columns, { channel: 'email' }, { topic: 'sale' }))).toEqual([
        [0, 0, null, 'No message matches a. No message matches b: no campaign has the topic "sale".'],
      ]);
    }));

  describe('refuses', () => {
    const group = { channel: 'email' };
    it.each<[string, unknown, unknown, string, string]>([
      ['an unknown rate', group, group, 'openrate', 'compare has no rate openrate'],
      ['an unknown condition', { chanel: 'email' }, group, 'open_rate', 'a has no condition "chanel"'],
      ['an unknown channel', group, { channel: 'emial' }, 'open_rate', '"channel" of b must be one of email, '],
      ['an unknown type', group, { campaign_type: 'bulky' }, 'open_rate', '"campaign_type" of b must be one of bulk, '],
      ['an id as a text', group, { campaign_id: '3' }, 'open_rate', '"campaign_id" of b must be a whole number'],
      ['half an id', group, { campaign_id: 3.5 }, 'open_rate', '"campaign_id" of b must be a whole number'],
      [
        'an id that is too large',
        group,
        { campaign_id: 1e300 },
        'open_rate',
        '"campaign_id" of b must be a whole number',
      ],
      ['a topic that is a list', group, { topic: ['sale'] }, 'open_rate', '"topic" of b must be a text'],
      ['a channel of null', group, { channel: null }, 'open_rate', '"channel" of b must be one of email, '],
      ['a day that is none', group, { from: '2021-02-30' }, 'open_rate', '"from" of b must be a date'],
      ['a day that is not ISO', group, { from: '30.01.2021' }, 'open_rate', '"from" of b must be a date'],
      ['a day that is a number', group, { to: 20210101 }, 'open_rate', '"to" of b must be a date'],
      [
        'days in the wrong order',
        group,
        { from: '2021-05-02', to: '2021-05-01' },
        'open_rate',
        '"from" of b is after "to"',
      ],
      [
        'a group without conditions',
        {},
        group,
        'open_rate',
        'a must be a JSON object with at least one of campaign_id',
      ],
      ['a group that is a text', group, 'email', 'open_rate', 'b must be a JSON object'],
      ['a list as a', [group], group, 'open_rate', 'a must be a JSON object'],
      ['an empty list', group, [], 'open_rate', 'b must have from 1 to 20 groups, not 0'],
      ['too many groups', group, times(21, group), 'open_rate', 'b must have from 1 to 20 groups, not 21'],
      ['a bad group of a list', group, [group, { topik: 1 }], 'open_rate', 'group 2 of b has no condition "topik"'],
      ['null', null, group, 'open_rate', 'a must be a JSON object'],
    ])('%s', async (_, a, b, rate, message) => {
      const answer = withClient(database.url, (client) => martTable(client, comparison('*', a, b, rate)));
      await expect(answer).rejects.toThrow(message);
      await expect(answer).rejects.toMatchObject({ code: '22023' });
    });

    it.each([
      `NULL, '{"channel":"email"}'`,
      `'{"channel":"email"}', NULL`,
      `'{"channel":"email"}', '{"channel":"sms"}', NULL`,
    ])('NULL as an argument: %s', async (call) => {
      const answer = withClient(database.url, (client) => martTable(client, `SELECT * FROM mart.compare(${call})`));
      await expect(answer).rejects.toMatchObject({ code: '22023' });
    });
  });

  describe('warns', () => {
    const warning = async (client: Client, a: unknown, b: unknown, rate = 'open_rate') =>
      (await martTable(client, comparison('warning', a, b, rate)))[0]![0];

    it('of nothing if there is nothing to mind', () =>
      rolledBack(database.url, async (client) => {
        await insertTwoCampaigns(client, [30, 200], [60, 200]);
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 2 })).toBeNull();
      }));

    it('of messages in both groups', () =>
      rolledBack(database.url, async (client) => {
        await insertTwoCampaigns(client, [30, 200], [60, 200]);
        expect(await warning(client, { campaign_id: 1 }, { to: '2021-05-31' })).toBe(
          '200 messages are in both groups.',
        );
      }));

    it('of few messages in a denominator', () =>
      rolledBack(database.url, async (client) => {
        await insertTwoCampaigns(client, [30, 200], [60, 99]);
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 2 })).toBe('Only 99 messages of b were sent.');
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 2 }, 'click_to_open_rate')).toBe(
          'Only 30 messages of a were opened. Only 60 messages of b were opened.',
        );
      }));

    it('of young messages: 7 days, for purchases 14', () =>
      rolledBack(database.url, async (client) => {
        await insertMessages(client, [
          ...times(200, { campaign_id: 1, sent_at: SENT_AT }),
          ...times(198, { campaign_id: 2, sent_at: SENT_AT }),
          ...times(2, { campaign_id: 2, sent_at: '2021-05-08 10:00:00' }),
          ...times(200, { campaign_id: 3, sent_at: '2021-05-08 10:00:00' }),
          ...times(20, { campaign_id: 9, sent_at: '2021-05-15 10:00:00' }),
        ]);
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 3 })).toBeNull();
        const young = (percent: number) =>
          `${percent} % of the messages of b were sent in the last 14 days of the data, and more events may follow.`;
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 2 }, 'purchase_rate')).toBeNull();
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 3 }, 'purchase_rate')).toBe(young(100));
      }));

    it('of other channels and types, unless they are what is compared', () =>
      rolledBack(database.url, async (client) => {
        const of = (fields: MessageFields) => times(200, { campaign_id: 1, sent_at: SENT_AT, ...fields });
        await insertMessages(client, [
          ...of({}),
          ...of({ channel: 'mobile_push' }),
          ...of({ campaign_id: 2, message_type: 'trigger' }),
          ...times(20, { campaign_id: 9, sent_at: '2021-06-30 10:00:00' }),
        ]);
        const differ = (what: string) =>
          `a and b have different shares of ${what}, which may be what makes the difference.`;
        expect(await warning(client, { campaign_id: 1 }, { campaign_id: 2 })).toBe(
          `${differ('channels')} ${differ('types')}`,
        );
        const push = { campaign_id: 1, channel: 'mobile_push' };
        expect(await warning(client, push, { campaign_id: 1, channel: 'email' })).toBeNull();
        expect(await warning(client, { ...push, from: '2021-01-01' }, { campaign_id: 1, channel: 'email' })).toBe(
          differ('channels'),
        );
      }));

    it('of many comparisons', () =>
      rolledBack(database.url, async (client) => {
        await insertTwoCampaigns(client, [30, 200], [60, 200]);
        expect(await warning(client, { campaign_id: 1 }, times(3, { campaign_id: 2 }))).toBe(
          '3 groups are compared with a: at 95 %, one in twenty differs by chance alone, so look at the adjusted interval.',
        );
      }));
  });
});

describe('period_comparison', () => {
  const of = (columns: string, ...days: (string | null)[]) =>
    `SELECT ${columns} FROM mart.period_comparison(${days.map((day) => (day === null ? 'NULL' : `'${day}'`)).join(', ')})`;
  const on = (day: string, count: number, fields: MessageFields = {}) =>
    times(count, { sent_at: `${day} 10:00:00`, ...fields });
  const DAYS = 'first_day, last_day, before_first_day, before_last_day';

  it('compares the newest seven days whose opens and clicks have arrived', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...on('2021-05-01', 10),
        ...on('2021-05-10', 40),
        ...on('2021-05-10', 10, { is_opened: true }),
        ...on('2021-05-17', 30),
        ...on('2021-05-17', 20, { is_opened: true }),
        ...on('2021-05-24', 50),
      ]);
      expect(
        await martTable(
          client,
          of(`${DAYS}, is_mature, is_purchase_mature, before_is_purchase_mature, before_sent, sent`),
        ),
      ).toEqual(times(3, ['2021-05-11', '2021-05-17', '2021-05-04', '2021-05-10', true, false, true, 50, 50] as never));
      const span = 'data_first_day, data_last_day, mature_until, purchase_mature_until';
      expect((await martTable(client, of(span)))[0]).toEqual(['2021-05-01', '2021-05-24', '2021-05-17', '2021-05-10']);
      const [all] = await martRows(
        client,
        of('before_open_rate, open_rate, open_rate_difference, open_rate_is_clear, click_rate_is_clear'),
      );
      expect(all).toEqual({
        before_open_rate: 0.2,
        open_rate: 0.4,
        open_rate_difference: 0.2,
        open_rate_is_clear: true,
        click_rate_is_clear: false,
      });
    }));

  it('compares the last seven days of data that is younger than that', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [...on('2021-05-18', 2), ...on('2021-05-24', 3)]);
      expect((await martTable(client, of(`${DAYS}, sent, before_sent, is_mature, before_is_mature`)))[0]).toEqual([
        ...['2021-05-18', '2021-05-24', '2021-05-11', '2021-05-17'],
        ...[5, 0, false, null],
      ]);
    }));

  it('has rows for channels and types of either period, and no difference without a period to compare with', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...on('2021-05-01', 3, { channel: 'sms', message_type: 'trigger' }),
        ...on('2021-05-02', 2, { channel: 'email' }),
      ]);
      const columns =
        'dimension, value, before_sent, sent, before_open_rate, open_rate, open_rate_difference, open_rate_is_clear';
      expect(await martTable(client, of(columns, '2021-05-02', '2021-05-02'))).toEqual([
        ['all', 'all', 3, 2, 0, 0, 0, false],
        ['channel', 'email', 0, 2, null, 0, null, null],
        ['channel', 'sms', 3, 0, 0, null, null, null],
        ['type', 'bulk', 0, 2, null, 0, null, null],
        ['type', 'trigger', 3, 0, 0, null, null, null],
      ]);
    }));

  it('completes the days: from the first one to the end of the data, or the seven days up to the last one', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, on('2021-05-10', 2));
      const days = async (...given: (string | null)[]) => (await martTable(client, of(DAYS, ...given)))[0];
      expect(await days('2021-05-08')).toEqual(['2021-05-08', '2021-05-10', '2021-05-05', '2021-05-07']);
      expect(await days('2021-06-01')).toEqual(['2021-06-01', '2021-06-01', '2021-05-31', '2021-05-31']);
      expect(await days(null, '2021-05-12')).toEqual(['2021-05-06', '2021-05-12', '2021-04-29', '2021-05-05']);
      expect(await days('0001-01-01')).toEqual(['0001-01-01', '2021-05-10', null, null]);
      expect(await days('0001-01-01', '9999-12-31')).toEqual(['0001-01-01', '9999-12-31', null, null]);
      expect(await days(null, '0001-01-03')).toEqual(['0001-01-01', '0001-01-03', null, null]);
      expect((await martTable(client, of('sent, before_sent, open_rate_difference', '0001-01-01')))[0]).toEqual([
        2,
        0,
        null,
      ]);
    }));

  it('answers in an empty mart', () =>
    rolledBack(database.url, async (client) => {
      expect(await martTable(client, of('*'))).toEqual([]);
      const columns =
        'dimension, last_day, data_last_day, sent, before_sent, open_rate, open_rate_difference, is_mature';
      expect(await martTable(client, of(columns, '2021-05-01', '2021-05-07'))).toEqual([
        ['all', '2021-05-07', null, 0, 0, null, null, null],
      ]);
      expect(await martTable(client, of('first_day, last_day', '2021-05-01'))).toEqual([['2021-05-01', '2021-05-01']]);
    }));

  it('does not count messages without a day, nor is moved by stray days', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [...on('2021-05-10', 500), { sent_at: null, date: null }, ...on('2099-01-01', 1)]);
      expect((await martTable(client, of('last_day, sent')))[0]).toEqual(['2021-05-10', 500]);
    }));

  it.each([
    [['2021-05-02', '2021-05-01'], 'first_day 2021-05-02 is after last_day 2021-05-01'],
    [['-infinity', '2021-05-01'], 'first_day and last_day must be days, not infinity'],
    [[null, 'infinity'], 'first_day and last_day must be days, not infinity'],
  ])('refuses the days %j', async (days, message) => {
    const answer = withClient(database.url, (client) => martTable(client, of('*', ...days)));
    await expect(answer).rejects.toThrow(message);
  });
});

describe('compare, compared with a recount of the rows', () => {
  const BOUNDS = [
    'difference',
    'difference_low',
    'difference_high',
    'difference_low_adjusted',
    'difference_high_adjusted',
  ];
  const CALLS = 10;

  let random: MartDatabase;
  let data: MartData;

  beforeAll(async () => {
    random = await createMartDatabase(process.env.DATABASE_URL!);
    data = await withClient(random.url, async (client) => {
      await fillMart(client, 3000, 4);
      return readMartData(client);
    });
  });

  afterAll(() => random?.drop());

  function randomGroup(prng: Prng): MessageGroup {
    const day = () => `2021-0${prng.between(3, 4)}-${prng.between(10, 28)}`;
    const [from, to] = [day(), day()].sort();
    const all: MessageGroup = {
      ...(prng.chance(0.2) ? { campaign_id: prng.pick([null, 1, 2, 3, 7, 33]) } : {}),
      ...(prng.chance(0.3) ? { campaign_type: prng.pick(['bulk', 'trigger', 'transactional']) } : {}),
      ...(prng.chance(0.5) ? { channel: prng.pick(['email', 'mobile_push', 'web_push', 'sms']) } : {}),
      ...(prng.chance(0.4) ? { topic: prng.pick([null, 'sale', 'cart', 'news', 'a "topic" nobody has']) } : {}),
      ...(prng.chance(0.3) ? { from: from! } : {}),
      ...(prng.chance(0.3) ? { to: to! } : {}),
    };
    return Object.keys(all).length === 0 ? { channel: 'email' } : all;
  }

  /** Figures in which the last of six digits may differ by one. */
  function expectClose(actual: MartRow, expected: MartRow): void {
    for (const name of BOUNDS) {
      const [found, wanted] = [actual[name] as number | null, expected[name] as number | null];
      if (wanted === null) expect([name, found]).toEqual([name, null]);
      else expect([name, Math.abs(found! - wanted) <= 1e-5 * Math.abs(wanted) + 1e-12]).toEqual([name, true]);
    }
  }

  it.each(USUAL_RATES)('%s of many groups', async (rate) => {
    const prng = new Prng(USUAL_RATES.indexOf(rate), 7);
    await withClient(random.url, async (client) => {
      for (let call = 0; call < CALLS; call++) {
        const a = randomGroup(prng);
        const b = Array.from({ length: prng.between(1, 4) }, () => randomGroup(prng));
        const rows = await martRows(client, comparison('*', a, b, rate));
        const expected = compareGroups(data, a, b, rate);
        expect(rows).toHaveLength(expected.length);
        rows.forEach(({ warning, ...row }, i) => {
          const wanted = expected[i]!;
          expectClose(row, wanted);
          const exact = (each: MartRow) => Object.entries(each).filter(([name]) => !BOUNDS.includes(name));
          expect(Object.fromEntries(exact(row))).toEqual(Object.fromEntries(exact(wanted)));
          const warnings = compareWarnings(data, a, b[i]!, rate, b.length);
          expect(((warning as string | null) ?? '').length).toBe(warnings.join(' ').length);
          for (const each of warnings) expect(warning).toContain(each);
        });
      }
    });
  });
});

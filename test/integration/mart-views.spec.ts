import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MART_OBJECTS } from '#schema/mart/mart-objects.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { martRows, martTable, sorted, type MartRow } from '../support/mart-rows.js';
import { fillMart } from '../support/random-mart.js';
import { attribution } from '../support/recount/attribution.js';
import { campaignPlace } from '../support/recount/campaign-place.js';
import { scorecards } from '../support/recount/campaigns.js';
import { fatigue } from '../support/recount/clients.js';
import { bounded, campaignOf, count, groupBy, ratio, SHARES } from '../support/recount/counting.js';
import { dailyRates, responseTimes } from '../support/recount/days-and-hours.js';
import { dataSpan } from '../support/recount/days.js';
import { machineOpens } from '../support/recount/machine-opens.js';
import { readMartData, type MartData, type Message } from '../support/recount/mart-data.js';
import { DIFFERENCES, periodComparison } from '../support/recount/period-comparison.js';
import { RECOUNTS } from '../support/recount/recounts.js';
import { significantRatio } from '../support/recount/significant.js';

jest.setTimeout(60_000);

const MESSAGES = 4000;
const SEED = 1;

/** The greatest relative error that the comment on response_times allows. */
const MOST_TOO_HIGH = 1.0201;

type ScorecardRow = Readonly<Record<string, unknown>> &
  Readonly<Record<'sent' | 'delivered' | 'opened', number>> & {
    readonly campaign_id: number | null;
    readonly campaign_type: string;
  };

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const VIEWS = MART_OBJECTS.filter(({ kind }) => kind === 'view').map(({ name }) => name);
const FUNCTIONS = MART_OBJECTS.filter(({ kind }) => kind === 'function').map(({ name }) => name);

describe('the mart, compared with a recount of the rows', () => {
  let database: MartDatabase;
  let data: MartData;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL!);
    data = await withClient(database.url, async (client) => {
      await fillMart(client, MESSAGES, SEED);
      return readMartData(client);
    });
  });

  afterAll(() => database?.drop());

  const topicOf = (message: Message) => campaignOf(data, message)?.topic ?? null;
  const rowsOf = (sql: string) => withClient(database.url, (client) => martRows(client, sql));
  const tableOf = (sql: string) => withClient(database.url, (client) => martTable(client, sql));

  it('is compared completely: every view and function is recounted below', () => {
    expect([...VIEWS].sort()).toEqual(
      [...Object.keys(RECOUNTS), 'freshness', 'quarantined_records', 'response_times'].sort(),
    );
    expect([...FUNCTIONS].sort()).toEqual([
      'attribution',
      'campaign_costs',
      'campaign_place',
      'campaigns_between',
      'compare',
      'daily_rates_of',
      'fatigue',
      'machine_opens',
      'newest_sent_at',
      'period_comparison',
      'significant',
      'top_campaigns',
      'wilson_high',
      'wilson_low',
    ]);
  });

  it.each(Object.entries(RECOUNTS))('%s equals its recount', async (view, recount) => {
    const where = view === 'data_quality' ? `WHERE check_name <> 'freshness'` : '';
    const expected = sorted(recount(data));
    expect(expected.length).toBeGreaterThan(view === 'data_span' ? 0 : 2);
    expect(sorted(await rowsOf(`SELECT * FROM mart.${view} ${where}`))).toEqual(expected);
  });

  it.each([
    [0, 5],
    [5, 5],
    [1, 8],
    [1, 1],
    [303_179, 10_000_000],
    [7, 0],
    [6, 5],
  ])("wilson_low and wilson_high are the bounds of Wilson's interval: %d of %d", async (part, whole) => {
    const { bound_low, bound_high } = bounded('bound', part, whole);
    expect(await tableOf(`SELECT mart.wilson_low(${part}, ${whole}), mart.wilson_high(${part}, ${whole})`)).toEqual([
      [bound_low, bound_high],
    ]);
  });

  it.each([
    ['0.00231481', 4, '0.002315'],
    ['123456.789', 4, '123457'],
    ['0', 6, '0'],
    ['-0.0000123456', 3, '-0.0000123'],
    ['1234.5678', 6, '1234.57'],
  ])('significant rounds %s to %d digits: %s', async (value, digits, rounded) => {
    expect(await tableOf(`SELECT mart.significant(${value}, ${digits})::text`)).toEqual([[rounded]]);
  });

  describe('response_times', () => {
    it('has exact counts', async () => {
      const rows = (await rowsOf('SELECT * FROM mart.response_times')).map(
        ({ median_seconds: _median, p90_seconds: _p90, ...row }) => row,
      );
      const expected = responseTimes(data).map(({ key, delays }) => {
        const upTo = (seconds: number) => delays.filter((delay) => delay <= seconds).length;
        return {
          ...key,
          events: delays.length,
          before_send: delays.filter((delay) => delay < 0).length,
          within_1h: upTo(3600),
          within_24h: upTo(86_400),
          within_1h_share: ratio(upTo(3600), delays.length),
          within_24h_share: ratio(upTo(86_400), delays.length),
        };
      });
      expect(sorted(rows)).toEqual(sorted(expected));
    });

    it('has percentiles that are exact up to 50 s, and above that at most 2.01 % too high', async () => {
      const rows = await rowsOf('SELECT * FROM mart.response_times');
      const seen = { exact: 0, rounded: 0 };
      for (const { key, delays } of responseTimes(data)) {
        const row = rows.find((each) => Object.entries(key).every(([column, value]) => each[column] === value))!;
        for (const [column, percent] of Object.entries({ median_seconds: 50, p90_seconds: 90 })) {
          const truth = delays[Math.ceil((percent * delays.length) / 100) - 1]!;
          const found = row[column] as number;
          if (truth <= 50) {
            seen.exact++;
            expect(found).toBe(truth);
          } else {
            seen.rounded++;
            expect(found).toBeGreaterThanOrEqual(truth);
            expect(found).toBeLessThanOrEqual(truth * MOST_TOO_HIGH);
          }
        }
      }
      expect(seen.exact).toBeGreaterThan(0);
      expect(seen.rounded).toBeGreaterThan(0);
    });
  });

  it.each([
    [{}, () => true],
    [{ channel: 'email' }, ({ channel }) => channel === 'email'],
    [{ message_type: 'trigger', topic: 'sale' }, (m) => m.message_type === 'trigger' && topicOf(m) === 'sale'],
    [{ channel: 'sms', topic: '' }, (m) => m.channel === 'sms' && topicOf(m) === null],
    [{ topic: 'a topic nobody has' }, () => false],
  ] satisfies [object, (message: Message) => boolean][])(
    'daily_rates_of counts messages of %j',
    async (group, isChosen) => {
      const parameters = Object.entries(group).map(([name, value]) => `${name} => '${value}'`);
      const rows = await rowsOf(`SELECT * FROM mart.daily_rates_of(${parameters.join(', ')})`);
      expect(sorted(rows)).toEqual(sorted(dailyRates(data, isChosen)));
    },
  );

  describe('period_comparison', () => {
    /** Figures in which the last of six digits may differ by one. */
    function expectClose(actual: MartRow, expected: MartRow): void {
      for (const name of DIFFERENCES) {
        const [found, wanted] = [actual[name] as number | null, expected[name] as number | null];
        if (wanted === null) expect([name, found]).toEqual([name, null]);
        else expect([name, Math.abs(found! - wanted) <= 1e-5 * Math.abs(wanted) + 1e-12]).toEqual([name, true]);
      }
    }

    it.each([
      [],
      ['2021-04-13', '2021-04-19'],
      ['2021-03-20', '2021-03-20'],
      ['2021-03-01', '2021-03-12'],
      [undefined, '2021-03-30'],
      ['2021-03-25'],
      ['2022-01-01'],
      ['2020-06-01', '2020-06-30'],
    ] as readonly (string | undefined)[][])('compares the days from %s to %s with those before', async (...days) => {
      const parameters = days.map((day) => (day === undefined ? 'NULL' : `'${day}'`)).join(', ');
      const rows = await rowsOf(`SELECT * FROM mart.period_comparison(${parameters})`);
      const expected = periodComparison(data, ...days);
      const keyOf = ({ dimension, value }: MartRow) => `${dimension as string} ${value as string}`;
      expect(rows.map(keyOf).sort()).toEqual(expected.map(keyOf).sort());
      const exact = (row: MartRow) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !DIFFERENCES.includes(name)));
      for (const row of rows) {
        const wanted = expected.find((each) => keyOf(each) === keyOf(row))!;
        expectClose(row, wanted);
        expect(exact(row)).toEqual(exact(wanted));
      }
    });
  });

  it.each([0, 15, 50])('machine_opens counts opens within %d s', async (seconds) => {
    const expected = sorted(machineOpens(data, seconds));
    expect(expected.length).toBeGreaterThan(15);
    expect(sorted(await rowsOf(`SELECT * FROM mart.machine_opens(${seconds})`))).toEqual(expected);
  });

  describe('fatigue', () => {
    it('counts earlier messages for every message', async () => {
      const expected = sorted(fatigue(data, '2000-01-01', '2099-12-31'));
      expect(new Set(expected.map(({ received }) => received)).size).toBe(8);
      expect(sorted(await rowsOf('SELECT * FROM mart.fatigue()'))).toEqual(expected);
    });

    it('also counts messages before the requested days', async () => {
      expect(sorted(await rowsOf(`SELECT * FROM mart.fatigue('2021-04-15', '2021-04-16')`))).toEqual(
        sorted(fatigue(data, '2021-04-15', '2021-04-16')),
      );
      expect(sorted(await rowsOf(`SELECT * FROM mart.fatigue(last_day => '2021-03-20')`))).toEqual(
        sorted(fatigue(data, '2000-01-01', '2021-03-20')),
      );
    });

    it('is ordered by days and messages received', async () => {
      const rows = await tableOf('SELECT days, received FROM mart.fatigue() WHERE days = 30');
      const ranges = ['0', '1', '2', '3', '4-7', '8-15', '16-31', '32 and more'];
      expect(rows).toEqual(ranges.map((range) => [30, range]));
    });
  });

  describe('attribution', () => {
    it('credits each purchase to the last message of a week before it', async () => {
      const expected = sorted(attribution(data));
      expect(expected.length).toBeGreaterThan(100);
      expect(expected.find((row) => row.channel === 'unattributed')!.purchases_credited).toBeGreaterThan(0);
      expect(sorted(await rowsOf('SELECT * FROM mart.attribution()'))).toEqual(expected);
    });

    it.each([
      [1, 'first'],
      [1, 'last'],
      [30, 'first'],
    ] as const)('credits within %i days to the %s message', async (days, touch) => {
      expect(sorted(await rowsOf(`SELECT * FROM mart.attribution(${days}, '${touch}')`))).toEqual(
        sorted(attribution(data, days, touch)),
      );
    });
  });

  it.each([[], ['2021-03-20'], ['2021-03-20', '2021-03-27']])(
    'campaigns_between counts messages sent from %s to %s',
    async (...days) => {
      const expected = sorted(scorecards(data, ...days));
      expect(expected.length).toBeGreaterThan(30);
      const parameters = days.map((day) => `'${day}'`).join(', ');
      expect(sorted(await rowsOf(`SELECT * FROM mart.campaigns_between(${parameters})`))).toEqual(expected);
    },
  );

  describe('top_campaigns', () => {
    const RANKED = [...SHARES, 'later_open_rate', 'later_open_rate_delivered'];
    const LOW_IS_BEST = /^(bounce|complaint|unsubscribe)/;
    const denominatorOf = (rate: string) => {
      if (rate === 'click_to_open_rate') return 'opened';
      return rate.includes('delivered') ? 'delivered' : 'sent';
    };

    it.each(RANKED)('returns the campaigns with the best and the worst %s above a minimum volume', async (rate) => {
      const denominator = denominatorOf(rate);
      const scorecard = scorecards(data, '2021-03-12', '2021-04-12') as unknown as ScorecardRow[];
      const least = median(scorecard.map((row) => row[denominator]));
      for (const worst of [false, true]) {
        const descending = LOW_IS_BEST.test(rate) === worst;
        const best = scorecard
          .filter((row) => row.campaign_id !== null && row[denominator] >= least)
          .sort(
            (a, b) =>
              (Number(a[rate]) - Number(b[rate])) * (descending ? -1 : 1) ||
              b[denominator] - a[denominator] ||
              a.campaign_id! - b.campaign_id! ||
              (a.campaign_type < b.campaign_type ? -1 : 1),
          );
        expect(best.length).toBeGreaterThan(10);
        expect(
          await rowsOf(
            `SELECT * FROM mart.top_campaigns('${rate}', ${least}, 10, ${worst}, '2021-03-12', '2021-04-12')`,
          ),
        ).toEqual(best.slice(0, 10));
      }
    });

    it('skips campaigns with fewer than 1,000 messages by default', async () => {
      expect(await rowsOf('SELECT * FROM mart.top_campaigns()')).toEqual([]);
    });
  });

  describe('campaign_place', () => {
    const place = (type: string, id: number, least?: number) =>
      rowsOf(`SELECT * FROM mart.campaign_place('${type}', ${id}${least === undefined ? '' : `, ${least}`})`);

    it.each([
      [1, 1],
      [3, 20],
      [6, 0],
      [9, 5],
      [33, 1],
    ])('ranks campaign %d among its peers with at least %d messages', async (id, least) => {
      const found = await Promise.all(
        ['bulk', 'trigger', 'transactional'].map(async (type) => {
          const rows = await place(type, id, least);
          expect(sorted(rows)).toEqual(sorted(campaignPlace(data, type, id, least)));
          return rows;
        }),
      );
      expect(found.flat().length).toBeGreaterThan(0);
    });

    it('ranks each campaign with messages, and some of them differently', async () => {
      const ids = [...new Set(data.messages.flatMap((m) => (m.message_type === 'bulk' ? (m.campaign_id ?? []) : [])))];
      const rows = (await Promise.all(ids.map((id) => place('bulk', id, 2)))).flat();
      const expected = ids.flatMap((id) => campaignPlace(data, 'bulk', id, 2));
      expect(sorted(rows)).toEqual(sorted(expected));
      expect(rows.filter(({ rank }) => rank !== null && Number(rank) > 1).length).toBeGreaterThan(20);
    });

    it('has no rank for fewer than 1,000 messages by default', async () => {
      const rows = await place('bulk', 3);
      expect(rows).toHaveLength(SHARES.length);
      expect(rows.map(({ rank, peers }) => [rank, peers])).toEqual(SHARES.map(() => [null, 0]));
    });
  });

  it('campaign_costs multiplies counts by prices, which default to 0', async () => {
    const prices: Record<string, number> = { email: 0.25, sms: 3 };
    const groups = groupBy(data.messages, ({ message_type, channel }) => ({ message_type, channel }));
    const expected = groups.map(({ key, items }) => {
      const price = prices[key.channel] ?? 0;
      const [sent, opened, clicked, purchased] = (['sent', 'opened', 'clicked', 'purchased'] as const).map((name) =>
        count(items, name),
      ) as [number, number, number, number];
      return {
        ...key,
        price,
        sent,
        opened,
        clicked,
        purchased,
        cost: sent * price,
        cost_per_open: significantRatio(sent * price * 4, opened * 4),
        cost_per_click: significantRatio(sent * price * 4, clicked * 4),
        cost_per_purchase: significantRatio(sent * price * 4, purchased * 4),
      };
    });
    const found = await rowsOf('SELECT * FROM mart.campaign_costs(email_price => 0.25, sms_price => 3)');
    expect(sorted(found)).toEqual(sorted(expected));
  });

  it('data_quality has the age of the last change and of the last quarantined record', async () => {
    const [changed, ...others] = await tableOf(
      `SELECT detail, figure, of_total, share FROM mart.data_quality WHERE check_name = 'freshness' ORDER BY figure`,
    );
    const quarantined = others.find(([detail]) => detail === 'seconds since a record was quarantined');
    expect(changed).toEqual(['seconds since messages last changed', expect.any(Number), null, null]);
    expect(changed![1]).toBeLessThan(600);
    expect(quarantined).toEqual(['seconds since a record was quarantined', expect.any(Number), null, null]);
    const newest = Date.UTC(2021, 2, 10, 0, 0, 39) / 1000;
    expect(Math.abs(Number(quarantined![1]) - (Date.now() / 1000 - newest))).toBeLessThan(600);
  });

  it('freshness counts messages and quarantined records, and has the age of the newest', async () => {
    const [row] = await rowsOf('SELECT *, extract(epoch FROM quarantined_at) AS newest FROM mart.freshness');
    const [held] = await rowsOf(
      'SELECT (SELECT count(*) FROM messages) AS messages, (SELECT count(*) FROM quarantined_messages) AS quarantined_records',
    );
    expect(row).toMatchObject(held!);
    expect(row!.newest).toBe(Date.UTC(2021, 2, 10, 0, 0, 39) / 1000);
    for (const age of [row!.seconds_since_change, row!.pending_seconds]) {
      expect(age).toBeGreaterThan(0);
      expect(age).toBeLessThan(600);
    }
    const [{ pending }] = (await rowsOf('SELECT count(*) AS pending FROM ledger.deltas')) as [{ pending: number }];
    expect(row!.pending_deltas).toBe(pending);
    const { last } = dataSpan(data.messages)!;
    const latest = [...data.messages].sort((one, other) => other.id - one.id).slice(0, 1000);
    const sent = latest.flatMap(({ sent_at }) => sent_at?.getTime() ?? []).filter((at) => at < (last + 2) * 86_400_000);
    expect(row!.newest_sent_at).toEqual(new Date(Math.max(...sent, last * 86_400_000)));

    await rowsOf('SELECT ledger.fold()');
    const [folded] = await rowsOf('SELECT * FROM mart.freshness');
    expect(folded).toMatchObject({
      messages: row!.messages,
      changed_at: row!.changed_at,
      pending_deltas: 0,
      pending_seconds: 0,
    });
  });
});

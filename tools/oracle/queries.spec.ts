import { describe, expect, it } from '@jest/globals';
import { compare } from './query-result.js';
import { cellOf } from './cell.fixture.js';
import type { Cell } from './cell.js';
import { MART_QUERIES } from './queries.js';

/** The differences that the oracle finds in rows worked out by hand. */
function differences(name: string, cells: readonly Cell[], rows: readonly Record<string, string | null>[]) {
  const query = MART_QUERIES.find((each) => each.name === name)!;
  return compare(query, { rows, columns: Object.keys(rows[0]!), seconds: 0 }, cells).differences;
}

describe('the oracle', () => {
  it('counts campaigns with the same id and different types separately', () => {
    const cells = [
      cellOf({ message_type: 'bulk', topic: 'sale out' }, { sent: 4, clicked: 1 }),
      cellOf({ message_type: 'transactional', topic: null }, { sent: 2 }),
      cellOf({ message_type: 'transactional', topic: null, campaign_id: '65' }, { sent: 1, clicked: 1 }),
    ];

    expect(
      differences('mart.topic_rates', cells, [
        { topic: 'sale out', message_type: 'bulk', campaigns: '1', sent: '4', clicked: '1', click_rate: '0.250000' },
        { topic: null, message_type: 'transactional', campaigns: '2', sent: '3', clicked: '1', click_rate: '0.333333' },
      ]),
    ).toEqual([]);
  });

  it('sums seven calendar days, and marks the last seven days', () => {
    const days = ['2021-05-30', '2021-06-05', '2021-06-06', '2021-06-07'];
    const cells = days.map((date) => cellOf({ date }, { sent: 10, opened: 1 }));

    expect(
      differences('mart.daily_rates', cells, [
        { date: '2021-05-30', sent_7d: '10', opened_7d: '1', open_rate_7d: '0.100000', is_right_censored: 'f' },
        { date: '2021-06-05', sent_7d: '20', opened_7d: '2', open_rate_7d: '0.100000', is_right_censored: 't' },
        { date: '2021-06-06', sent_7d: '20', opened_7d: '2', open_rate_7d: '0.100000', is_right_censored: 't' },
        { date: '2021-06-07', sent_7d: '30', opened_7d: '3', open_rate_7d: '0.100000', is_right_censored: 't' },
      ]),
    ).toEqual([]);
  });

  it('compares each date of a holiday with the regular days of the same type', () => {
    const cells = [
      cellOf({ date: '2021-05-03' }, { sent: 10, opened: 1 }),
      cellOf({ date: '2021-05-04' }, { sent: 20, opened: 2 }),
      cellOf({ date: '2021-05-09', holiday: 'Victory day' }, { sent: 20, opened: 4 }),
      cellOf({ date: '2022-05-09', holiday: 'Victory day' }, { sent: 30, opened: 0 }),
      cellOf({ date: '2021-05-09', holiday: 'Victory day', message_type: 'trigger' }, { sent: 5, opened: 0 }),
    ];
    const columns = ['message_type', 'holiday_date', 'holiday', 'is_holiday', 'days', 'sent_per_day', 'open_rate'];
    const rows = [
      ['bulk', null, 'regular day', 'f', '2', '15.0', '0.100000', '0.000000', null],
      ['bulk', '2021-05-09', 'Victory day', 't', '1', '20.0', '0.200000', '0.100000', 'f'],
      ['bulk', '2022-05-09', 'Victory day', 't', '1', '30.0', '0.000000', '-0.100000', 't'],
      ['trigger', '2021-05-09', 'Victory day', 't', '1', '5.0', '0.000000', null, 'f'],
    ].map((values) =>
      Object.fromEntries([...columns, 'open_rate_lift', 'is_right_censored'].map((name, i) => [name, values[i]!])),
    );

    expect(differences('mart.holiday_effect', cells, rows)).toEqual([]);
  });

  it('finds the first and the last day of a campaign, with and without strays, in any order of cells', () => {
    const days = { '2021-05-04': 99, '2021-05-03': 1, '2021-05-05': 99, '2021-05-26': 1 };
    const cells = Object.entries(days).map(([date, sent]) => cellOf({ date }, { sent }));

    expect(
      differences('mart.campaign_scorecard', cells, [
        {
          ...{ campaign_id: '64', campaign_type: 'bulk', sent: '200' },
          ...{
            first_date: '2021-05-03',
            last_date: '2021-05-26',
            first_date_99: '2021-05-04',
            last_date_99: '2021-05-05',
          },
          ...{ is_mature: 't', is_purchase_mature: 't' },
        },
      ]),
    ).toEqual([]);
  });
});

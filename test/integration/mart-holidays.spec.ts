import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { HOLIDAYS } from '#sample-data/holidays.js';
import { createMartDatabase, type MartDatabase } from '../support/mart-database.js';
import { martTable, rolledBack } from '../support/mart-rows.js';
import { insertMessages, insertRows, times } from '../support/message-rows.js';

jest.setTimeout(60_000);

let database: MartDatabase;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL!);
});

afterAll(() => database?.drop());

/** A calendar by name, with the day of each year as month and day. */
async function insertHolidays(client: Client, dates: Readonly<Record<string, readonly string[]>>): Promise<void> {
  await insertRows(
    client,
    'holidays',
    Object.entries(dates).flatMap(([holiday, days]) => days.map((date) => ({ date, holiday }))),
  );
}

const correct = (client: Client, date: string, holiday: string, correct_date: string | null) =>
  insertRows(client, 'holiday_corrections', [{ date, holiday, correct_date }]);

/** The holidays of 2021 to 2023 with the quirks of the real file. */
const insertRealCalendar = (client: Client) =>
  insertRows(
    client,
    'holidays',
    HOLIDAYS.map(({ date, name }) => ({ date, holiday: name })),
  );

const DOUBTFUL = 'SELECT date, holiday, doubt FROM mart.holiday_calendar WHERE is_doubtful ORDER BY date, holiday';
const FINDINGS = `
  SELECT check_name, detail, figure, of_total FROM mart.data_quality
  WHERE check_name IN ('doubtful holiday', 'unused holiday correction', 'year without holidays') ORDER BY 1, 2`;

describe('holiday_effect', () => {
  it('has a row for each date of a holiday, and one for the regular days of the type', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { 'New Year': ['2021-01-01', '2022-01-01'] });
      await insertMessages(client, [
        ...times(2, { sent_at: '2021-01-01 10:00:00', is_opened: true }),
        ...times(4, { sent_at: '2022-01-01 10:00:00' }),
        ...times(3, { sent_at: '2021-01-02 10:00:00' }),
        { sent_at: '2022-01-02 10:00:00', is_opened: true },
        { sent_at: '2022-01-01 10:00:00', message_type: 'trigger', is_opened: true },
        { sent_at: null },
      ]);
      expect(
        await martTable(
          client,
          `SELECT message_type, date, holiday, is_holiday, days, sent, sent_per_day, open_rate, open_rate_lift
           FROM mart.holiday_effect ORDER BY message_type, date`,
        ),
      ).toEqual([
        ['bulk', '2021-01-01', 'New Year', true, 1, 2, 2, 1, 0.75],
        ['bulk', '2022-01-01', 'New Year', true, 1, 4, 4, 0, -0.25],
        ['bulk', null, 'regular day', false, 2, 4, 2, 0.25, 0],
        ['trigger', '2022-01-01', 'New Year', true, 1, 1, 1, 1, null],
      ]);
    }));

  it('marks the holidays whose events are not complete', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { A: ['2021-06-01'], B: ['2021-06-05'], C: ['2021-06-12'] });
      const days = ['2021-06-01', '2021-06-05', '2021-06-12', '2021-06-14', '2021-06-15'];
      await insertMessages(
        client,
        days.map((day) => ({ sent_at: `${day} 10:00:00` })),
      );
      expect(
        await martTable(
          client,
          `SELECT holiday, is_right_censored, is_purchase_right_censored FROM mart.holiday_effect ORDER BY 1`,
        ),
      ).toEqual([
        ['A', false, false],
        ['B', false, true],
        ['C', true, true],
        ['regular day', null, null],
      ]);
    }));

  it('counts the true Black Friday of 2022 as a regular day until it is corrected', () =>
    rolledBack(database.url, async (client) => {
      await insertRealCalendar(client);
      await insertMessages(client, [
        ...times(3, { sent_at: '2021-11-25 10:00:00' }),
        ...times(2, { sent_at: '2021-11-26 10:00:00' }),
        ...times(4, { sent_at: '2022-11-25 10:00:00', is_opened: true }),
        ...times(4, { sent_at: '2022-11-28 10:00:00' }),
      ]);
      const effect = `
        SELECT date, holiday, is_doubtful, sent, open_rate, open_rate_lift FROM mart.holiday_effect ORDER BY date`;
      expect(await martTable(client, effect)).toEqual([
        ['2021-11-25', 'Black Friday', true, 3, 0, -0.5],
        ['2021-11-26', 'Black Friday', false, 2, 0, -0.5],
        [null, 'regular day', false, 8, 0.5, 0],
      ]);

      await correct(client, '2021-11-25', 'Black Friday', '2022-11-25');
      expect(await martTable(client, effect)).toEqual([
        ['2021-11-26', 'Black Friday', false, 2, 0, 0],
        ['2022-11-25', 'Black Friday', false, 4, 1, 1],
        [null, 'regular day', false, 7, 0, 0],
      ]);
    }));

  it('has one row for a day with two holidays, and only one of them can be doubtful', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, {
        'Black Friday': ['2021-11-26', '2021-11-25', '2023-11-24'],
        'Another day': ['2021-11-25', '2022-11-25'],
      });
      await insertMessages(client, times(3, { sent_at: '2021-11-25 10:00:00' }));
      expect(await martTable(client, 'SELECT holiday, is_doubtful, days, sent FROM mart.holiday_effect')).toEqual([
        ['Another day + Black Friday', true, 1, 3],
      ]);
    }));
});

describe('holiday_calendar', () => {
  it('doubts only the Black Friday of 2022 in the calendar of the data set', () =>
    rolledBack(database.url, async (client) => {
      await insertRealCalendar(client);
      expect(await martTable(client, DOUBTFUL)).toEqual([
        [
          '2021-11-25',
          'Black Friday',
          'also on 2021-11-26, but missing around 2022-11-25; a Thursday, but all others are on a Friday',
        ],
      ]);
    }));

  it.each<[what: string, dates: readonly string[], doubts: Readonly<Record<string, string>>]>([
    ['one date', ['2021-01-01'], {}],
    ['the same day each year', ['2021-05-09', '2022-05-09', '2023-05-09', '2027-05-09'], {}],
    ['the same weekday each year', ['2021-11-26', '2022-11-25', '2023-11-24'], {}],
    ['a holiday that moves with the moon', ['2021-02-12', '2022-02-01', '2023-01-22', '2024-02-10'], {}],
    ['a leap day', ['2020-02-29', '2021-02-28', '2022-02-28', '2024-02-29'], {}],
    ['a holiday that moves from Sunday to Monday', ['2021-07-05', '2022-07-04', '2023-07-04', '2024-07-04'], {}],
    ['a week that is not held each year', ['2021-06-01', '2021-06-02', '2021-06-03', '2023-06-01'], {}],
    ['a pair of days each year', ['2021-06-01', '2021-06-02', '2022-06-01', '2022-06-02', '2024-06-01'], {}],
    [
      'a mistyped day of a weekday holiday',
      ['2020-11-27', '2021-11-26', '2022-11-24', '2023-11-24'],
      { '2022-11-24': 'a Thursday, but all others are on a Friday' },
    ],
    [
      'a mistyped day of a yearly holiday',
      ['2021-05-09', '2022-05-08', '2023-05-09', '2024-05-09'],
      { '2022-05-08': 'all others are on 9 May' },
    ],
    [
      'a mistyped month of a yearly holiday',
      ['2021-05-09', '2022-09-05', '2023-05-09'],
      { '2022-09-05': 'all others are on 9 May' },
    ],
    [
      'three dates that fit both rules',
      ['2021-11-26', '2022-11-24', '2023-11-24'],
      {
        '2021-11-26': 'all others are on 24 November',
        '2022-11-24': 'a Thursday, but all others are on a Friday',
      },
    ],
    [
      'a pair, if no rule tells which date is wrong',
      ['2021-03-01', '2021-07-01', '2023-02-01'],
      {
        '2021-03-01': 'also on 2021-07-01, but missing around 2022-03-01',
        '2021-07-01': 'also on 2021-03-01, but missing around 2022-07-01',
      },
    ],
  ])('judges %s', (_what, dates, doubts) =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { X: dates, 'First day': ['2020-01-01'], 'Last day': ['2024-12-30'] });
      expect(await martTable(client, DOUBTFUL)).toEqual(
        Object.entries(doubts).map(([date, doubt]) => [date, 'X', doubt]),
      );
      await client.query(`SET LOCAL datestyle = 'German'; SET LOCAL timezone = 'Pacific/Kiritimati'`);
      const texts = await martTable(client, `SELECT doubt FROM mart.holiday_calendar WHERE is_doubtful ORDER BY date`);
      expect(texts).toEqual(Object.values(doubts).map((doubt) => [doubt]));
    }),
  );

  it('tells the wrong one of two dates by the weekday in the year that has none', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { X: ['2021-11-26', '2021-11-25'], Y: ['2021-01-01', '2022-01-01'] });
      const doubtOf = async () => (await martTable(client, DOUBTFUL)).map(([date, _name, doubt]) => [date, doubt]);
      expect(await doubtOf()).toEqual([['2021-11-25', 'also on 2021-11-26, but missing around 2022-11-25']]);
      await client.query(`UPDATE holidays SET date = '2020-01-01' WHERE date = '2022-01-01'`);
      expect(await doubtOf()).toEqual([['2021-11-26', 'also on 2021-11-25, but missing around 2020-11-26']]);
      // With both years, either could be meant.
      await insertHolidays(client, { Y: ['2022-01-01'] });
      expect((await doubtOf()).map(([date]) => date)).toEqual(['2021-11-25', '2021-11-26']);
    }));

  it('doubts no year outside the calendar', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { X: ['2021-11-26', '2021-11-25'], Y: ['2021-01-01'] });
      expect(await martTable(client, DOUBTFUL)).toEqual([]);
    }));

  it('applies corrections: a new date, none, or the same date, which ends the doubt', () =>
    rolledBack(database.url, async (client) => {
      await insertRealCalendar(client);
      const blackFridays = `
        SELECT date, corrected_from, is_doubtful FROM mart.holiday_calendar WHERE holiday = 'Black Friday' ORDER BY date`;
      const change = (to: string | null) => client.query('UPDATE holiday_corrections SET correct_date = $1', [to]);

      await correct(client, '2021-11-25', 'Black Friday', '2022-11-25');
      expect(await martTable(client, blackFridays)).toEqual([
        ['2021-11-26', null, false],
        ['2022-11-25', '2021-11-25', false],
        ['2023-11-24', null, false],
      ]);
      await change(null);
      expect(await martTable(client, blackFridays)).toEqual([
        ['2021-11-26', null, false],
        ['2023-11-24', null, false],
      ]);
      await change('2021-11-25');
      expect(await martTable(client, blackFridays)).toEqual([
        ['2021-11-25', null, false],
        ['2021-11-26', null, false],
        ['2023-11-24', null, false],
      ]);
      // Onto a date that the holiday already has: one row.
      await change('2021-11-26');
      expect(await martTable(client, blackFridays)).toEqual([
        ['2021-11-26', '2021-11-25', false],
        ['2023-11-24', null, false],
      ]);
      expect(await martTable(client, DOUBTFUL)).toEqual([]);
    }));

  it('does not doubt the other date when one of a pair is confirmed', () =>
    rolledBack(database.url, async (client) => {
      await insertRealCalendar(client);
      await correct(client, '2021-11-25', 'Black Friday', '2021-11-25');
      expect(await martTable(client, DOUBTFUL)).toEqual([]);
    }));
});

describe('data_quality', () => {
  it('names doubtful holidays with the messages of that day, until they are corrected', () =>
    rolledBack(database.url, async (client) => {
      await insertRealCalendar(client);
      const doubt = 'also on 2021-11-26, but missing around 2022-11-25; a Thursday, but all others are on a Friday';
      const finding = (figure: number, of: number) => [
        'doubtful holiday',
        `Black Friday on 2021-11-25: ${doubt}`,
        figure,
        of,
      ];
      expect(await martTable(client, FINDINGS)).toEqual([finding(0, 0)]);
      await insertMessages(client, [
        ...times(3, { sent_at: '2021-11-25 10:00:00' }),
        ...times(2, { sent_at: '2022-11-25 10:00:00' }),
        { sent_at: null },
      ]);
      expect(await martTable(client, FINDINGS)).toEqual([finding(3, 5)]);
      await correct(client, '2021-11-25', 'Black Friday', '2022-11-25');
      expect(await martTable(client, FINDINGS)).toEqual([]);
    }));

  it('names corrections without their holiday', () =>
    rolledBack(database.url, async (client) => {
      await insertHolidays(client, { 'New Year': ['2021-01-01'] });
      await correct(client, '2021-01-01', 'New Year', '2021-01-02');
      await correct(client, '2021-01-01', 'new year', '2021-01-02');
      expect(await martTable(client, FINDINGS)).toEqual([
        ['unused holiday correction', 'new year on 2021-01-01', 1, 2],
      ]);
    }));

  it('names years with messages that the calendar lacks, unless it is empty', () =>
    rolledBack(database.url, async (client) => {
      await insertMessages(client, [
        ...times(2, { sent_at: '2021-05-01 10:00:00' }),
        { sent_at: '2024-05-01 10:00:00' },
        { sent_at: null },
      ]);
      expect(await martTable(client, FINDINGS)).toEqual([]);
      await insertHolidays(client, { 'New Year': ['2021-01-01'] });
      expect(await martTable(client, FINDINGS)).toEqual([['year without holidays', '2024', 1, 3]]);
    }));
});

import { describe, expect, it } from '@jest/globals';
import { rateOf } from '../../rates/rates.js';
import { arrivingFrom, channelsOf, daysOf, shareOf, sharesUpTo, windowOf, type DayRow } from './campaign-days.js';

const row = (date: string | null, channel: string, sent: number, opened: number, isOpen = false): DayRow => ({
  ...{ date, channel, sent, delivered: sent, opened, is_right_censored: isOpen, is_purchase_right_censored: true },
  ...{ clicked: 0, opened_and_clicked: 0, unsubscribed: 0, complained: 0, bounced: 0, purchased: 0 },
});

const rows = [
  row('2021-05-04', 'email', 30, 3, true),
  row('2021-05-01', 'email', 10, 4),
  row('2021-05-01', 'sms', 90, 0),
  row(null, 'email', 5, 5),
  row('2020-01-01', 'email', 1, 1),
];

describe('the days of a campaign', () => {
  it('are all days from the first to the last, without stray ones', () => {
    const days = daysOf(rows, '2021-05-01', '2021-05-04');
    expect(days.map((day) => [day.date, day.rows.length])).toEqual([
      ['2021-05-01', 2],
      ['2021-05-02', 0],
      ['2021-05-03', 0],
      ['2021-05-04', 1],
    ]);
    expect(arrivingFrom(days, rateOf('open_rate'))).toBe('2021-05-04');
    expect(arrivingFrom(days, rateOf('purchase_rate'))).toBe('2021-05-01');
  });

  it('are at most 800, and none without dated messages', () => {
    expect(daysOf([...rows, row('1999-01-01', 'email', 1, 0)], null, null)).toHaveLength(800);
    expect(daysOf([row(null, 'email', 5, 5)], null, null)).toEqual([]);
  });

  it('add up counts, never rates', () => {
    expect(shareOf(rows.slice(1, 3), rateOf('open_rate'), 'sent')).toMatchObject({ count: 4, whole: 100, value: 0.04 });
    expect(shareOf([], rateOf('open_rate'), 'sent')).toEqual({
      count: 0,
      whole: 0,
      value: null,
      low: null,
      high: null,
    });
  });

  it('are taken together by seven if most have few messages', () => {
    const days = (count: number, sent: number) =>
      Array.from({ length: count }, (_, i) => ({
        date: `2021-05-0${i}`,
        rows: [row(`2021-05-0${i}`, 'sms', sent, 1)],
      }));
    expect(windowOf(days(8, 99), rateOf('open_rate'), 'sent')).toBe(7);
    expect(windowOf(days(8, 100), rateOf('open_rate'), 'sent')).toBe(1);
    expect(windowOf(days(7, 5), rateOf('open_rate'), 'sent')).toBe(1);
  });

  it('have the share of the days up to each of them', () => {
    const days = daysOf(rows, '2021-05-01', '2021-05-04');
    const wholes = (window: number) =>
      sharesUpTo(days, 'email', window, rateOf('open_rate'), 'sent').map(({ count, whole }) => [count, whole]);
    expect(wholes(1)).toEqual([
      [4, 10],
      [0, 0],
      [0, 0],
      [3, 30],
    ]);
    expect(wholes(7).at(-1)).toEqual([7, 40]);
    expect(wholes(2)[1]).toEqual([4, 10]);
  });

  it('name the channels, the largest first', () => {
    expect(channelsOf(rows)).toEqual(['sms', 'email']);
  });
});

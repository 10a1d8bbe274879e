import { describe, expect, it } from '@jest/globals';
import { DAY, domainOf, timeTicks } from './domains.js';

const day = (text: string) => Date.parse(`${text}T00:00:00Z`);
const days = (ticks: readonly number[]) => ticks.map((at) => new Date(at).toISOString().slice(0, 10));

describe('domainOf', () => {
  it('ends at round numbers around all values', () => {
    expect(domainOf([0.121, 0.187], { fromZero: false })).toEqual({
      ...{ from: 0.12, to: 0.2, step: 0.02, ticks: [0.12, 0.14, 0.16, 0.18, 0.2] },
    });
  });

  it('contains 0 if asked to, also below negative values', () => {
    expect(domainOf([12, 87], { fromZero: true })).toMatchObject({ from: 0, to: 100 });
    expect(domainOf([-3, -1], { fromZero: true })).toMatchObject({ from: -3, to: 0 });
  });

  it('has room around a single value', () => {
    for (const value of [0, 0.2, 1, -4, 1e12]) {
      for (const fromZero of [true, false]) {
        const { from, to, ticks } = domainOf([value], { fromZero });
        expect(from).toBeLessThanOrEqual(value);
        expect(to).toBeGreaterThanOrEqual(value);
        expect(to).toBeGreaterThan(from);
        expect(ticks.length).toBeLessThan(15);
      }
    }
  });

  it('ignores values that are not finite, and is 0 to 1 without any', () => {
    expect(domainOf([null, undefined, NaN, Infinity], { fromZero: false })).toMatchObject({ from: 0, to: 1 });
    expect(domainOf([NaN, 5, Infinity], { fromZero: true }).to).toBe(5);
  });
});

describe('timeTicks', () => {
  it('takes days, Mondays or the first of months', () => {
    expect(days(timeTicks(day('2021-04-30'), day('2021-05-03'), 6, DAY).ticks)).toEqual([
      ...['2021-04-30', '2021-05-01', '2021-05-02', '2021-05-03'],
    ]);
    expect(days(timeTicks(day('2021-04-30'), day('2021-05-25'), 6, DAY).ticks)).toEqual([
      ...['2021-05-03', '2021-05-10', '2021-05-17', '2021-05-24'],
    ]);
    const months = timeTicks(day('2021-04-30'), day('2022-02-01'), 5, DAY);
    expect(days(months.ticks)).toEqual(['2021-05-01', '2021-07-01', '2021-09-01', '2021-11-01', '2022-01-01']);
    expect(months.unit).toBe('month');
  });

  it('takes round seconds and minutes', () => {
    const from = Date.parse('2026-03-01T14:26:08Z');
    const { ticks, unit } = timeTicks(from, from + 300_000, 6);
    expect(unit).toBe('minute');
    expect(ticks.map((at) => new Date(at).toISOString().slice(11, 19))).toEqual([
      ...['14:27:00', '14:28:00', '14:29:00', '14:30:00', '14:31:00'],
    ]);
  });

  it('copes with days of the far past and future', () => {
    expect(timeTicks(day('0001-01-01'), day('9999-12-31'), 6, DAY).ticks.length).toBeLessThan(102);
  });
});

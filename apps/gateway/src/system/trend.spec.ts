import { describe, expect, it } from '@jest/globals';
import { secondsToClear, Trend } from './trend.js';

function trendOf(...samples: readonly (readonly [second: number, value: number])[]): number | null {
  const trend = new Trend();
  for (const [second, value] of samples) trend.add(value, second * 1000);
  return trend.perSecond;
}

describe('Trend', () => {
  it('is unknown for the first three seconds', () => {
    expect(trendOf()).toBeNull();
    expect(trendOf([0, 5])).toBeNull();
    expect(trendOf([0, 5], [2.9, 9])).toBeNull();
    expect(trendOf([0, 5], [3, 8])).toBe(1);
  });

  it('covers twenty seconds', () => {
    expect(trendOf([0, 0], [10, 1000], [20, 1000], [30, 1000], [40, 800])).toBe(-10);
  });

  it('may be negative, and is never minus zero', () => {
    expect(trendOf([0, 1000], [10, 500])).toBe(-50);
    expect(Object.is(trendOf([0, 1000], [10, 999.9]), 0)).toBe(true);
  });
});

describe('secondsToClear', () => {
  it.each([
    [0, null, 0],
    [0, 5, 0],
    [100, null, null],
    [100, 0, null],
    [100, 5, null],
    [100, -30, 4],
  ])('of %d records at %s per second is %s', (records, perSecond, seconds) => {
    expect(secondsToClear(records, perSecond)).toBe(seconds);
  });
});

import { describe, expect, it } from '@jest/globals';
import { OffsetHistory } from './offset-history.js';

const SECOND = 1000;

/** Samples of partition 0 as [second, end offset]. */
function historyOf(...samples: readonly (readonly [second: number, end: number])[]): OffsetHistory {
  const history = new OffsetHistory();
  for (const [second, end] of samples) history.add(0, end, second * SECOND);
  return history;
}

describe('OffsetHistory', () => {
  it('interpolates between two samples', () => {
    const history = historyOf([0, 100], [10, 200], [20, 200], [30, 300]);

    expect(history.ageOf(0, 100, 40 * SECOND)).toBe(40);
    expect(history.ageOf(0, 150, 40 * SECOND)).toBe(35);
    // No records from second 10 to 20.
    expect(history.ageOf(0, 200, 40 * SECOND)).toBe(20);
    expect(history.ageOf(0, 299, 40 * SECOND)).toBeCloseTo(10.1);
  });

  it('returns 0 for a future record', () => {
    expect(historyOf([0, 100]).ageOf(0, 100, 5 * SECOND)).toBe(0);
  });

  it('returns a lower bound for a record from before the first sample', () => {
    expect(historyOf([0, 100], [10, 200]).ageOf(0, 50, 30 * SECOND)).toBe(30);
  });

  it('returns undefined for an unknown partition', () => {
    expect(historyOf([0, 100]).ageOf(1, 50, SECOND)).toBeUndefined();
    expect(new OffsetHistory().isEmpty).toBe(true);
  });

  it('starts over when the topic is recreated', () => {
    const history = historyOf([0, 500], [10, 900], [20, 0], [30, 10]);

    expect(history.ageOf(0, 5, 30 * SECOND)).toBe(5);
  });

  it('starts over even after a single sample', () => {
    const history = historyOf([0, 500], [20, 0], [30, 10]);

    expect(history.ageOf(0, 5, 30 * SECOND)).toBe(5);
  });

  it('keeps the start and the end of an idle period', () => {
    const idle = Array.from({ length: 100_000 }, (_, second) => [10 + second, 100] as const);
    const history = historyOf([0, 0], [10, 100], ...idle, [100_010, 200]);

    expect(history.ageOf(0, 50, 100_010 * SECOND)).toBe(100_005);
    expect(history.ageOf(0, 150, 100_010 * SECOND)).toBeCloseTo(0.5);
  });

  it('stays accurate over days, while older samples get coarser', () => {
    const history = new OffsetHistory();
    const days = 2;
    const last = days * 86_400;
    for (let second = 0; second <= last; second++) history.add(0, second * 10, second * SECOND);

    for (const age of [1, 60, 600, 3600, 20_000, 100_000, last - 1]) {
      expect(history.ageOf(0, (last - age) * 10, last * SECOND)).toBeCloseTo(age, 5);
    }
  });
});

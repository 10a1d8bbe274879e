import { describe, expect, it } from '@jest/globals';
import { clearText, quarantineHref, worstFirst } from './lists.js';

const lag = (partition: number, records: number, seconds: number | null = null) => ({
  ...{ partition, records, seconds },
  ...{ records_per_second: null, clear_seconds: null },
});

describe('worstFirst', () => {
  it('sorts by records, then age, then number', () => {
    const sorted = worstFirst([lag(0, 0), lag(1, 5, 1), lag(2, 90), lag(3, 5, 8), lag(4, 0)]);
    expect(sorted.map(({ partition }) => partition)).toEqual([2, 3, 1, 0, 4]);
    expect(worstFirst([])).toEqual([]);
  });
});

describe('clearText', () => {
  it.each([
    [0, 0, 5, 0, 'nothing waits'],
    [10, 9.9, 5, null, 'keeps up'],
    [10, 12, -5, 2, 'done in 2 s'],
    [10, 12, 5, null, 'grows'],
    [10, null, 0, null, 'does not shrink'],
    [10, 12, null, null, 'trend not known yet'],
  ])('of %d records, the oldest %s s old, at %s per second', (records, seconds, trend, clear, text) => {
    const waiting = { records, seconds, records_per_second: trend, clear_seconds: clear };
    expect(clearText(waiting, (seconds) => `${seconds} s`)).toBe(text);
  });
});

describe('quarantineHref', () => {
  it('filters by reason and column', () => {
    expect(quarantineHref('not_a_time', 'clicked_last_time_at')).toBe(
      './quarantine?reason=not_a_time&column=clicked_last_time_at',
    );
    expect(quarantineHref('not_json', null)).toBe('./quarantine?reason=not_json');
    expect(quarantineHref('a&b', 'ü=')).toBe('./quarantine?reason=a%26b&column=%C3%BC%3D');
  });
});

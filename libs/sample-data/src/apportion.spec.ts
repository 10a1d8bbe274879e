import { describe, expect, it } from '@jest/globals';
import { apportion } from './apportion.js';

describe('apportion', () => {
  it('gives remaining units to the largest fractions', () => {
    // Quotas 1.4, 2.4, 6.2: one unit remains, and the first of equal fractions gets it.
    expect(apportion(10, [14, 24, 62])).toEqual([2, 2, 6]);
  });

  it('returns the weights if the total is their sum', () => {
    expect(apportion(10_000_000, [1_037_337, 8_962_660, 3])).toEqual([1_037_337, 8_962_660, 3]);
  });

  it('stays exact when products exceed 2^53', () => {
    expect(apportion(900_000_000, [700_000_001, 700_000_001, 399_999_998])).toEqual([
      350_000_001, 350_000_000, 199_999_999,
    ]);
  });

  it('skips items that have reached their cap', () => {
    expect(apportion(4, [5, 5, 5], [1, 0, 3])).toEqual([1, 0, 3]);
  });

  it('rejects caps that are too small for the total', () => {
    expect(() => apportion(4, [1, 1], [1, 2])).toThrow(RangeError);
  });

  it('returns zeros for a total of 0', () => {
    expect(apportion(0, [0, 0])).toEqual([0, 0]);
  });
});

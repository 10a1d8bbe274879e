import { describe, expect, it } from '@jest/globals';
import { difference, ratio, wilsonBound } from './ratio.js';

describe('ratio', () => {
  it.each([
    [1, 3, '0.333333'],
    [2, 3, '0.666667'],
    [0, 7, '0.000000'],
    [7, 7, '1.000000'],
    [5, 2, '2.500000'],
    // Half a millionth, and a little less: floating point could round either the wrong way.
    [1, 2_000_000, '0.000001'],
    [4_999_999, 9_999_999_999_999, '0.000000'],
    [9_999_999_999_999, 10_000_000_000_000, '1.000000'],
  ])('of %d and %d is %s', (part, whole, text) => {
    expect(ratio(part, whole)).toBe(text);
  });

  it('has the requested number of digits', () => {
    expect(ratio(25, 4, 1)).toBe('6.3');
  });

  it('is null if there is nothing to divide by', () => {
    expect(ratio(0, 0)).toBeNull();
  });
});

describe('difference', () => {
  it.each([
    ['0.300000', '0.250000', '0.050000'],
    ['0.250000', '0.300000', '-0.050000'],
    ['1.000000', '1.000000', '0.000000'],
    [null, '0.250000', null],
    ['0.250000', null, null],
  ])('of %s and %s is %s', (one, other, text) => {
    expect(difference(one, other)).toBe(text);
  });
});

// From Newcombe (1998), "Two-sided confidence intervals for the single proportion", table I.
describe('wilsonBound', () => {
  it.each([
    [81, 263, '0.2553', '0.3662'],
    [15, 148, '0.0624', '0.1605'],
    [0, 20, '0.0000', '0.1611'],
    [1, 29, '0.0061', '0.1718'],
  ])('of %d in %d are %s and %s', (part, whole, low, high) => {
    expect([Number(wilsonBound(part, whole, -1)).toFixed(4), Number(wilsonBound(part, whole, 1)).toFixed(4)]).toEqual([
      low,
      high,
    ]);
  });

  it('is null if there is nothing to divide by', () => {
    expect(wilsonBound(0, 0, 1)).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import { bytes, count, decimal, fullCount, percent, perSecond, points } from './number.js';

const UNKNOWN = [null, undefined, NaN, Infinity, -Infinity];

describe('numbers for people', () => {
  it.each([count, fullCount, percent, points, perSecond, decimal, bytes])(
    '%p shows what is not known as a dash',
    (format) => {
      expect(UNKNOWN.map((value) => format(value))).toEqual(UNKNOWN.map(() => '—'));
    },
  );

  it('has counts in full up to seven digits', () => {
    expect([0, 999, 1_204_000, 9_999_999].map((value) => count(value, 'en'))).toEqual([
      '0',
      '999',
      '1,204,000',
      '9,999,999',
    ]);
    expect(count(12_345_678, 'en')).toBe('12.3M');
    expect(fullCount(12_345_678, 'en')).toBe('12,345,678');
  });

  it('has rates with three significant digits, and says neither none nor all of something that is not', () => {
    const text = (rate: number) => percent(rate, 'en');
    expect([0.173, 0.00152, 0.1, 0.0000012, 0.123456].map(text)).toEqual([
      '17.3%',
      '0.152%',
      '10.0%',
      '0.000120%',
      '12.3%',
    ]);
    expect([0, 1].map(text)).toEqual(['0%', '100%']);
    expect([0.9994, 0.9995, 0.99999].map(text)).toEqual(['99.9%', '99.9%', '99.9%']);
    expect(text(1.5)).toBe('150%');
  });

  it('has differences of rates in points, with their sign', () => {
    expect([0.012, -0.0004, 0].map((value) => points(value, 'en'))).toEqual([
      '+1.2 points',
      '-0.04 points',
      '0 points',
    ]);
  });

  it('has a digit after the point of slow rates only', () => {
    expect([12_400, 3.24, 0, 99.96, 100.4].map((value) => perSecond(value, 'en'))).toEqual([
      ...['12,400/s', '3.2/s', '0/s', '100/s', '100/s'],
    ]);
  });

  it('has sizes in the largest unit below them', () => {
    expect([0, 0.4, 999, 1000, 25_200_000, 3e12].map((value) => bytes(value, 'en'))).toEqual([
      ...['0 B', '0.4 B', '999 B', '1 kB', '25.2 MB', '3 TB'],
    ]);
  });

  it('follows the locale', () => {
    expect(count(1_204_000, 'de')).toBe('1.204.000');
    expect(percent(0.173, 'de')).toBe('17,3\u00a0%');
    expect(count(1204, 'ar-EG')).toBe('١٬٢٠٤');
  });
});

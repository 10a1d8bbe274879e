import { describe, expect, it } from '@jest/globals';
import { duration } from './duration.js';

const text = (seconds: number | null | undefined) => duration(seconds, 'en');

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [0.0001, '1 ms'],
    [0.12, '0.1 s'],
    [0.099, '99 ms'],
    [0.4, '0.4 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [72, '1 min 12 s'],
    [3599.7, '1 h 00 min'],
    [11_100, '3 h 05 min'],
    [86_399.9, '1 d 0 h'],
    [187_200, '2 d 4 h'],
  ])('%d s is %s', (seconds, expected) => {
    expect(text(seconds)).toBe(expected);
  });

  it('is never negative, although clocks differ', () => {
    expect(text(-3)).toBe('0 s');
  });

  it('is a dash if it is not known, for example the time left without progress', () => {
    expect([null, undefined, NaN, Infinity].map(text)).toEqual(['—', '—', '—', '—']);
  });

  it('has the digits of the locale in every range', () => {
    expect([0.05, 0.4, 12, 72, 11_100, 187_200].map((seconds) => /\d/.test(duration(seconds, 'ar-EG')))).toEqual(
      Array.from({ length: 6 }, () => false),
    );
  });
});

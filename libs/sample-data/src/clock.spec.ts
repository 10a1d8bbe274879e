import { describe, expect, it } from '@jest/globals';
import { dayText, microsText, parseDay, timeText, trimmedMicrosText } from './clock.js';

describe('clock', () => {
  it.each(['2000-01-01', '2020-02-29', '2021-12-31', '2099-12-31'])('reads and writes the day %s', (text) => {
    expect(dayText(parseDay(text)!)).toBe(text);
  });

  it.each(['', '2021-02-29', '2021-02-30', '2021-13-01', '1999-12-31', '2100-01-01', '2021-5-1', ' 2021-05-01'])(
    'rejects "%s" as a day',
    (text) => {
      expect(parseDay(text)).toBeUndefined();
    },
  );

  it('writes seconds as UTC', () => {
    expect(timeText(Date.UTC(2021, 3, 30, 23, 59, 59) / 1000)).toBe('2021-04-30 23:59:59');
    expect(timeText(Date.UTC(2021, 4, 1) / 1000)).toBe('2021-05-01 00:00:00');
  });

  it.each([
    [0, '2021-05-01 00:00:00', '2021-05-01 00:00:00.000000'],
    [7, '2021-05-01 00:00:00.000007', '2021-05-01 00:00:00.000007'],
    [120_000, '2021-05-01 00:00:00.12', '2021-05-01 00:00:00.120000'],
    [10_000_000, '2021-05-01 00:00:10', '2021-05-01 00:00:10.000000'],
  ])('writes %i microseconds with and without trailing zeros', (micros, trimmed, full) => {
    const midnight = Date.UTC(2021, 4, 1) * 1000;
    expect(trimmedMicrosText(midnight + micros)).toBe(trimmed);
    expect(microsText(midnight + micros)).toBe(full);
  });
});

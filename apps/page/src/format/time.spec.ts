import { describe, expect, it } from '@jest/globals';
import { addDays, dateTime, day, since, timeOfDay } from './time.js';

const AT = '2026-03-01T14:31:08.700Z';

describe('times for people', () => {
  it('says that a time is UTC', () => {
    expect(dateTime(AT, 'utc')).toBe('2026-03-01 14:31:08 UTC');
    expect(dateTime(AT, 'local')).toMatch(/^2026-0\d-\d\d \d\d:\d\d:\d\d$/);
  });

  it('counts hours from 0 to 23', () => {
    expect(timeOfDay('2026-03-01T00:05:00Z', 'utc')).toBe('00:05:00');
    expect(timeOfDay(AT, 'utc', false)).toBe('14:31');
  });

  it('has the date of a time that is not of today', () => {
    const now = Date.parse('2026-03-01T23:59:00Z');
    expect(since(AT, 'utc', now)).toBe('since 14:31:08');
    expect(since(AT, 'utc', now + 120_000)).toBe('since 2026-03-01 14:31:08 UTC');
  });

  it('has days in UTC whatever the zone of the machine, in the order of the locale', () => {
    expect(day('2021-04-30', 'en-US')).toBe('Fri, Apr 30, 2021');
    expect(day('2021-04-30', 'de-DE')).toBe('Fr., 30. Apr. 2021');
  });

  it('adds days across months, years and daylight saving time', () => {
    expect([addDays('2021-02-28', 1), addDays('2021-01-01', -1), addDays('2021-03-27', 2)]).toEqual([
      ...['2021-03-01', '2020-12-31', '2021-03-29'],
    ]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { beforeName, daysBetween, periodName, quickPeriods } from './period.js';

describe('a period', () => {
  it('has a name in the locale, and is named with the days before it', () => {
    expect(periodName('2021-05-08', '2021-05-14', 'en-GB')).toMatch(/^8\s?–\s?14 May 2021$/u);
    expect(periodName('2021-05-08', '2021-05-08', 'en-GB')).toMatch(/^Sat,? 8 May 2021$/);
    expect(periodName('2021-12-30', '2022-01-02', 'de')).toMatch(/^30\. Dez\. 2021\s–\s2\. Jan\. 2022$/u);
    expect(beforeName('2021-05-08', '2021-05-14')).toBe('the 7 days before');
    expect(beforeName('2021-05-08', '2021-05-08')).toBe('the day before');
    expect(daysBetween('2021-03-01', '2021-04-01')).toBe(32);
  });

  it('can be chosen from those that end with the complete days or with the data', () => {
    const periods = quickPeriods({ mature_until: '2021-05-14', data_last_day: '2021-05-21' });
    expect(periods.map(({ from, to }) => [from, to])).toEqual([
      [undefined, undefined],
      ['2021-04-17', '2021-05-14'],
      ['2021-05-15', '2021-05-21'],
      ['2021-05-21', '2021-05-21'],
    ]);
    expect(quickPeriods({ mature_until: null, data_last_day: null })).toHaveLength(1);
  });
});

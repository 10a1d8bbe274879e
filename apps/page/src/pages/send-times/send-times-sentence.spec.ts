import { describe, expect, it } from '@jest/globals';
import { rateOf } from '../../rates/rates.js';
import { compareHours, sendTimesSentence, type Hour } from './send-times-sentence.js';

const hour = (weekday: number, at: number, count: number, whole: number): Hour => ({
  ...{ weekday, hour: at, count, whole, low: null, high: null },
  value: whole === 0 ? null : count / whole,
});

const say = (...hours: Hour[]) =>
  sendTimesSentence(compareHours(hours), 'bulk email', rateOf('open_rate'), 'delivered', 'en');

describe('sendTimesSentence', () => {
  it('names hours that differ by more than chance', () => {
    expect(say(hour(2, 9, 300, 1000), hour(7, 3, 50, 1000), hour(3, 10, 1700, 10_000))).toBe(
      'Among the hours that differ by more than chance, Tuesday 09:00 UTC (30.0%) has the highest open rate of bulk email ' +
        'and Sunday 03:00 UTC (5.00%) the lowest; the average is 17.1% of delivered.',
    );
  });

  it('names only the side that is certain', () => {
    expect(say(hour(7, 3, 50, 1000), hour(3, 10, 19_000, 100_000))).toBe(
      'Among the hours that differ by more than chance, Sunday 03:00 UTC (5.00%) has the lowest open rate of bulk email; ' +
        'the average is 18.9% of delivered.',
    );
  });

  it('does not mistake chance for a difference', () => {
    // 40 of 168 hours differ from the average at 95 %, but at no hour by more than a week of hours does by chance.
    expect(say(hour(2, 9, 34, 120), hour(7, 3, 16, 120), hour(3, 10, 2000, 10_000))).toBe(
      'No hour of the week stands out for bulk email: the open rate is 20.0% of delivered, and the differences may be chance.',
    );
  });

  it('does not compare hours with few messages', () => {
    expect(say(hour(2, 9, 99, 99), hour(7, 3, 2, 1000))).toBe(
      'Too few bulk email messages to compare hours: the open rate is 9.19% of delivered over the whole week.',
    );
  });

  it('has no rate without a message to divide by', () => {
    expect(say()).toBe('No bulk email message has a time of sending.');
    expect(say(hour(2, 9, 0, 0))).toBe('None of the bulk email messages was delivered, so there is no open rate.');
  });
});

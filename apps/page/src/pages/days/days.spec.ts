import { describe, expect, it } from '@jest/globals';
import { addDays } from '../../format/time.js';
import { dayRateOf, type DayRow } from './day-rates.js';
import { arrivingFrom, byDate, holidaysOf, rateOfDays, rateOfWeeks, volumeBars } from './day-series.js';
import { daysDetails, daysSentence, daysToRead, messagesOf, withinSpan } from './days-sentence.js';

const SPAN = { first_date: '2021-05-01', last_date: '2021-05-20' };

function dayRow(date: string, fields: Partial<DayRow> = {}): DayRow {
  return {
    date,
    is_right_censored: date > '2021-05-13',
    is_purchase_right_censored: date > '2021-05-06',
    ...{ sent: 100, delivered: 90, open_rate_delivered: 0.2, open_rate: 0.18 },
    ...{
      open_rate_delivered_low: 0.1,
      open_rate_delivered_high: 0.3,
      open_rate_delivered_7d: 0.21,
      open_rate_7d: 0.19,
    },
    ...{ holiday: null, is_doubtful_holiday: null },
    ...fields,
  } as DayRow;
}

const DAYS = Array.from({ length: 20 }, (_, i) => dayRow(addDays('2021-05-01', i)));
const OPENS = dayRateOf(undefined, undefined);

describe('the sentence of the days', () => {
  const sentence = (days: readonly DayRow[]) => daysSentence(days, OPENS, SPAN, 'messages', 'en-GB');

  it('has the volume of the newest day, and the rate of the newest complete week', () => {
    expect(sentence(DAYS)).toMatch(
      /^100 messages were sent on Thu,? 20 May 2021, the newest day\. In the seven days to Thu,? 13 May 2021, 21\.0% of the delivered messages were opened\.$/,
    );
    expect(sentence(DAYS.slice(0, 5))).toMatch(
      /^100 messages were sent on Wed,? 5 May 2021\. In the seven days to Wed/,
    );
  });

  it('has no rate while events of all days are still arriving', () => {
    expect(sentence(DAYS.slice(-5))).toMatch(
      /the newest day\. Open rate of all these days: events are still arriving\.$/,
    );
  });

  it('says that nothing was sent or delivered', () => {
    expect(sentence([])).toBe('No messages were sent on these days.');
    expect(sentence([dayRow('2021-05-02', { open_rate_delivered_7d: null })])).toContain('was delivered.');
  });

  it('names the messages that the filters choose', () => {
    expect(messagesOf({})).toBe('messages');
    expect(messagesOf({ channel: 'mobile_push', type: 'bulk', topic: 'sale out' })).toBe(
      'bulk mobile push messages about “sale out”',
    );
    expect(messagesOf({ topic: '' })).toBe('messages without a topic');
  });

  it('names the days that are still arriving, and counts stray days', () => {
    const details = daysDetails([...DAYS, dayRow('2099-01-01', { sent: 3 })], OPENS, SPAN, 'en-GB');
    expect(details[0]).toMatch(/^Events of messages sent since Fri,? 14 May 2021 are still arriving/);
    expect(details[1]).toMatch(/^3 messages have a day outside the data/);
    expect(daysDetails(DAYS.slice(0, 3), OPENS, SPAN)).toEqual([]);
    expect(withinSpan([...DAYS, dayRow('2099-01-01')], SPAN)).toEqual(DAYS);
  });
});

describe('the days to read', () => {
  it('are the newest 90, or those of the filters', () => {
    expect(daysToRead({}, SPAN)).toEqual({ from: '2021-02-20', to: '2021-05-20' });
    expect(daysToRead({ from: '2021-01-01' }, SPAN)).toEqual({ from: '2021-01-01', to: undefined });
    expect(daysToRead({}, { first_date: null, last_date: null })).toEqual({ from: undefined, to: undefined });
  });
});

describe('the charts of the days', () => {
  it('have a bar of 0 for a day on which nothing was sent', () => {
    expect(volumeBars([dayRow('2021-05-01'), dayRow('2021-05-03')])).toEqual([
      { name: '2021-05-01', value: 100 },
      { name: '2021-05-02', value: 0 },
      { name: '2021-05-03', value: 100 },
    ]);
    expect(volumeBars([])).toEqual([]);
  });

  it('have the rate of each day, and of weeks that are whole and complete', () => {
    expect(rateOfDays(DAYS.slice(0, 1), OPENS, 'en-GB')).toEqual([
      { at: '2021-05-01', value: 0.2, low: 0.1, high: 0.3, detail: '90 delivered' },
    ]);
    const weeks = rateOfWeeks(DAYS, OPENS, '2021-05-01');
    expect(weeks.filter(({ value }) => value !== null).map(({ at }) => at)).toEqual(
      DAYS.slice(6, 13).map(({ date }) => date),
    );
    expect(
      rateOfWeeks(DAYS.slice(6), dayRateOf('purchase', 'sent'), null).filter(({ value }) => value !== null),
    ).toEqual([]);
  });

  it('begin to be hatched with the first day whose events are still arriving', () => {
    expect(arrivingFrom(DAYS, OPENS)).toBe('2021-05-14');
    expect(arrivingFrom(DAYS, dayRateOf('purchase', 'sent'))).toBe('2021-05-07');
    expect(arrivingFrom(DAYS.slice(0, 3), OPENS)).toBeUndefined();
  });

  it('name holidays, and doubt some', () => {
    const days = [
      dayRow('2021-05-01', { holiday: 'Labour day', is_doubtful_holiday: false }),
      dayRow('2021-05-09', { holiday: 'Victory day', is_doubtful_holiday: true }),
    ];
    expect(holidaysOf(days).map(({ name }) => name)).toEqual(['Labour day', 'Victory day (doubtful date)']);
  });

  it('are in the order of time, however the table is sorted', () => {
    expect(byDate(DAYS.toReversed())).toEqual(DAYS);
  });
});

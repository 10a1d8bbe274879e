import { describe, expect, it } from '@jest/globals';
import type { OverviewRow } from './change.js';
import { overviewRow, rate } from './overview-row.fixture.js';
import { overviewDetails, overviewSentence } from './overview-sentence.js';
import { periodName } from './period.js';

const sentence = (...rows: OverviewRow[]) => overviewSentence(rows, 'delivered', 'en-GB');
const details = (...rows: OverviewRow[]) => overviewDetails(rows, 'en-GB');
// The spaces in it differ between versions of Node.
const DAYS = periodName('2021-05-08', '2021-05-14', 'en-GB');
const BEFORE = periodName('2021-05-01', '2021-05-07', 'en-GB');
const ARRIVING = periodName('2021-05-15', '2021-05-21', 'en-GB');

describe('the sentence of the overview', () => {
  it('says better only of clear differences', () => {
    expect(sentence(overviewRow({ ...rate('open_rate', 0.22, 0.2, true) }))).toBe(
      `${DAYS}: better than the 7 days before. 22.0% of the delivered messages were opened (+2 points); clicks (2.00%) show no clear difference.`,
    );
    expect(sentence(overviewRow({ ...rate('open_rate', 0.22, 0.2, false) }))).toBe(
      `${DAYS}: no clear difference from the 7 days before. 22.0% of the delivered messages were opened and 2.00% clicked.`,
    );
  });

  it('says worse of fewer opens, and of more unsubscribes', () => {
    expect(sentence(overviewRow({ ...rate('open_rate', 0.18, 0.2, true) }))).toContain(
      'worse than the 7 days before. 18.0%',
    );
    expect(sentence(overviewRow({ ...rate('unsubscribe_rate', 0.003, 0.001, true) }))).toBe(
      `${DAYS}: worse than the 7 days before. 0.300% of the delivered messages led to an unsubscribe (+0.2 points); ` +
        'opens (20.0%) and clicks (2.00%) show no clear difference.',
    );
  });

  it('says both if some rates are better and some worse', () => {
    const row = overviewRow({ ...rate('open_rate', 0.22, 0.2, true), ...rate('click_rate', 0.01, 0.02, true) });
    expect(sentence(row)).toContain(
      'partly better and partly worse than the 7 days before. 22.0% of the delivered messages were opened (+2 points) and 1.00% were clicked (-1 points).',
    );
  });

  it('names the base of bounces, which are over sent', () => {
    const bounces = { bounce_rate: 0.04, bounce_rate_difference: 0.02, bounce_rate_is_clear: true };
    const row = overviewRow({ ...rate('open_rate', 0.18, 0.2, true), ...bounces });
    expect(sentence(row)).toContain(
      '18.0% of the delivered messages were opened (-2 points) and 4.00% of all messages bounced (+2 points);',
    );
    expect(sentence(overviewRow(bounces))).toContain('4.00% of all messages bounced (+2 points); opens (20.0%)');
  });

  it('does not judge by purchases that are still arriving', () => {
    expect(sentence(overviewRow({ ...rate('purchase_rate', 0.001, 0.002, true) }))).toContain(
      'no clear difference from',
    );
    const isOld = { is_purchase_mature: true };
    expect(sentence(overviewRow({ ...rate('purchase_rate', 0.001, 0.002, true), ...isOld }))).toContain('worse than');
  });

  it('compares nothing while opens and clicks of either period are still arriving', () => {
    const better = rate('open_rate', 0.3, 0.2, true);
    expect(sentence(overviewRow({ ...better, is_mature: false }))).toBe(
      `${DAYS}: opens and clicks are still arriving, too early to compare. So far 30.0% of the delivered messages were opened and 2.00% clicked.`,
    );
    expect(sentence(overviewRow({ ...better, before_is_mature: false }))).toBe(
      `${DAYS}: 30.0% of the delivered messages were opened and 2.00% clicked. Opens and clicks of the 7 days before are still arriving.`,
    );
  });

  it('says when there is nothing before', () => {
    const row = overviewRow({ ...rate('open_rate', 0.2, null), before_is_mature: null }, {}, { sent: 0, delivered: 0 });
    expect(sentence(row)).toBe(
      `${DAYS}: 20.0% of the delivered messages were opened and 2.00% clicked. There is nothing in the 7 days before to compare with.`,
    );
  });

  it('says when nothing was sent or delivered', () => {
    expect(sentence()).toBe('No message with a day of sending has been stored yet.');
    expect(sentence(overviewRow({}, { sent: 0, delivered: 0 }, { sent: 0 }))).toBe(
      `${DAYS}: no messages were sent, none in the 7 days before either.`,
    );
    expect(sentence(overviewRow({}, { sent: 0, delivered: 0 }, { sent: 1200 }))).toBe(
      `${DAYS}: no messages were sent, 1,200 in the 7 days before.`,
    );
    const bounced = overviewRow({}, { sent: 3, delivered: 0 });
    expect(sentence(bounced)).toBe(`${DAYS}: none of the 3 messages was delivered.`);
    expect(overviewSentence([bounced], 'sent', 'en-GB')).toContain('20.0% of the messages were opened');
  });

  it('names a single day with its weekday', () => {
    const day = { first_day: '2021-05-08', last_day: '2021-05-08' };
    expect(sentence(overviewRow(day))).toMatch(/^Sat,? 8 May 2021: no clear difference from the day before\./);
  });
});

describe('the lines below it', () => {
  it('have the volume of both periods, and the days that are still arriving', () => {
    expect(details(overviewRow({}, { sent: 12_000 }))).toEqual([
      `12,000 messages were sent, 1,000 in ${BEFORE}.`,
      `Opens and clicks of messages sent ${ARRIVING} are still arriving; these days are left out.`,
    ]);
    expect(details(overviewRow({ last_day: '2021-05-16' }))[1]).toBe(
      `Opens and clicks of messages sent ${ARRIVING} are still arriving.`,
    );
  });

  it('say that the data begins within the period before, or after it', () => {
    expect(details(overviewRow({ data_first_day: '2021-05-05' }))[0]).toBe(
      `1,000 messages were sent, 1,000 in ${BEFORE}, a period that the data covers from ${periodName('2021-05-05', '2021-05-05', 'en-GB')} only.`,
    );
    expect(details(overviewRow({ data_first_day: '2021-05-09' }))[0]).toMatch(
      /^1,000 messages were sent\. The data begins on Sun/,
    );
    expect(details(overviewRow({ before_first_day: null, before_last_day: null }))[0]).toBe(
      '1,000 messages were sent.',
    );
  });

  it('warn of another mix of channels', () => {
    const email = (sent: number, before_sent: number) =>
      overviewRow({ dimension: 'channel', value: 'mobile_push', sent, before_sent });
    expect(details(overviewRow(), email(600, 400)).at(-1)).toBe(
      '60.0% of the messages were mobile push, 40.0% before: that alone may make a difference, so compare within channels and types.',
    );
    expect(details(overviewRow(), email(600, 550))).toHaveLength(2);
  });
});

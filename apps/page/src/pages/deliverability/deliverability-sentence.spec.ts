import { describe, expect, it } from '@jest/globals';
import { deliverabilitySentence, failureNote, type Level, type Provider } from './deliverability-sentence.js';

const provider = (name: string | null, rate: number | null, isCertain: boolean | null = true): Provider => ({
  ...{ email_provider: name, sent: 1000, delivered: 900, hard_bounced: 50, soft_bounced: 40, blocked: 10 },
  ...{ complaint_rate_delivered: rate, complaint_level: levelOf(rate), is_complaint_level_certain: isCertain },
});

function levelOf(rate: number | null): Level | null {
  if (rate === null) return null;
  return rate < 0.001 ? 'below 0.10 %' : rate < 0.003 ? '0.10 % to 0.30 %' : '0.30 % or more';
}

const say = (...providers: Provider[]) =>
  deliverabilitySentence(providers, { hasMore: false, isFiltered: false }, 'en').replace(/[\u2068\u2069]/g, '');

describe('deliverabilitySentence', () => {
  it('names the worst level that is certain', () => {
    expect(say(provider('a.com', 0.0034), provider('b.com', 0.005), provider('c.com', 0.002))).toBe(
      'Complaints are at 0.30 % or more at b.com (0.500%) and 1 more.',
    );
    expect(say(provider('a.com', 0.0014), provider('b.com', 0.0001))).toBe(
      'Complaints are between 0.10 % and 0.30 % at a.com (0.140%).',
    );
    expect(say(provider('a.com', 0.0001), provider('b.com', 0.0002))).toBe(
      'Complaints are below 0.10 % at b.com (0.0200%) and 1 more; no figure reaches 0.10 %.',
    );
  });

  it('keeps apart what is not certain', () => {
    expect(say(provider('a.com', 0.0001), provider('b.com', 0.02, false))).toBe(
      'Complaints are below 0.10 % at a.com (0.0100%); b.com (2.00%) may reach 0.30 %, but with too few e-mails to be certain.',
    );
    expect(say(provider('a.com', 0.002, false), provider(null, 0, false))).toBe(
      'There are too few e-mails to be certain of the complaint level of any provider; a.com (0.200%) may be above 0.10 %.',
    );
  });

  it('says which providers it is about', () => {
    expect(
      deliverabilitySentence([provider(null, 0.02)], { hasMore: true, isFiltered: true }, 'en').replace(
        /[\u2068\u2069]/g,
        '',
      ),
    ).toBe(
      'Of the 1 providers with the most e-mails, within the filters, complaints are at 0.30 % or more at unknown provider (2.00%).',
    );
  });

  it('has no rate without a delivered e-mail', () => {
    expect(say()).toBe('There are no e-mails to look at.');
    expect(say(provider('a.com', null, null))).toBe('No e-mail was delivered, so there is no complaint rate.');
  });
});

it('sums up what did not arrive', () => {
  expect(failureNote([provider('a', 0), provider('b', 0)], 'en')).toBe(
    'Of 2,000 e-mails to these providers, 5.00% bounced hard, 4.00% bounced softly and 1.00% were blocked.',
  );
  expect(failureNote([])).toBeNull();
});

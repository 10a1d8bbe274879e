import { describe, expect, it } from '@jest/globals';
import { campaignName, campaignsSentence } from './campaigns-sentence.js';

const sale = {
  ...{ campaign_id: 64, campaign_type: 'bulk', topic: 'sale out', sent: 12_000, delivered: 11_900 },
  ...{ open_rate_delivered: 0.1734, click_rate: null },
};
const whole = { isFirst: true, hasNext: true };

describe('campaignsSentence', () => {
  it.each([
    ['-sent', 'The largest campaign is ⁨sale out⁩ (bulk 64) with 12,000 messages.'],
    ['sent', 'The smallest campaign is ⁨sale out⁩ (bulk 64) with 12,000 messages.'],
    ['-open_rate_delivered', '⁨sale out⁩ (bulk 64) has the highest open rate: 17.3% of delivered.'],
    ['open_rate_delivered', '⁨sale out⁩ (bulk 64) has the lowest open rate: 17.3% of delivered.'],
    ['-click_rate', 'No campaign has a click rate yet.'],
    ['topic', 'Campaigns from ⁨sale out⁩ (bulk 64) on.'],
  ])('says which campaign comes first by %s', (sort, sentence) => {
    expect(campaignsSentence([sale], sort, 'delivered', whole, 'en')).toBe(sentence);
  });

  it('does not believe a rate of few messages', () => {
    expect(campaignsSentence([{ ...sale, delivered: 8 }], '-open_rate_delivered', 'delivered', whole, 'en')).toBe(
      '⁨sale out⁩ (bulk 64) has the highest open rate: 17.3%, but of 8 delivered only, so it says little.',
    );
  });

  it('does not call the first of a later page the greatest', () => {
    expect(campaignsSentence([sale], '-sent', 'sent', { isFirst: false, hasNext: false })).toBe(
      'Campaigns further down, from ⁨sale out⁩ (bulk 64).',
    );
  });

  it('says that nothing matches', () => {
    expect(campaignsSentence([], '-sent', 'sent', whole)).toBe('No campaign matches these filters.');
  });
});

describe('campaignName', () => {
  it.each([
    [{ ...sale, topic: null }, 'bulk 64'],
    [{ ...sale, topic: '' }, 'bulk 64'],
    [{ ...sale, topic: 'خصم' }, '⁨خصم⁩ (bulk 64)'],
    [{ ...sale, campaign_id: '9007199254740993', topic: null }, 'bulk 9007199254740993'],
    [{ ...sale, campaign_id: null }, 'bulk messages without a campaign'],
  ])('%j is named "%s"', (campaign, name) => {
    expect(campaignName(campaign)).toBe(name);
  });
});

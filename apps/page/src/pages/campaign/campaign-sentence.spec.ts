import { describe, expect, it } from '@jest/globals';
import { campaignSentence } from './campaign-sentence.js';

const campaign = {
  ...{ campaign_id: 64, campaign_type: 'bulk', topic: 'sale out', sent: 1000, delivered: 900, is_mature: true },
  ...{ open_rate: 0.17, open_rate_delivered: 0.1889, click_rate: 0.02, click_rate_delivered: 0.0222 },
};

describe('campaignSentence', () => {
  it('has the messages and the rates over what was chosen', () => {
    expect(campaignSentence(campaign, 'delivered', 'en')).toBe(
      '⁨sale out⁩ (bulk 64): 1,000 messages, 18.9% of delivered were opened, 2.22% clicked.',
    );
    expect(campaignSentence(campaign, 'sent', 'en')).toContain('17.0% of sent were opened');
  });

  it('says that figures are not final', () => {
    expect(campaignSentence({ ...campaign, is_mature: false }, 'sent', 'en')).toMatch(
      /; opens and clicks are still arriving\.$/,
    );
  });

  it('has no rates without messages', () => {
    expect(campaignSentence({ ...campaign, sent: 0 }, 'sent')).toBe('⁨sale out⁩ (bulk 64) has sent no message.');
    const blocked = { ...campaign, sent: 1, open_rate_delivered: null, click_rate_delivered: null };
    expect(campaignSentence(blocked, 'delivered')).toBe('⁨sale out⁩ (bulk 64): 1 message, none of them delivered.');
  });
});

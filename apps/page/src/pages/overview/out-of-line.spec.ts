import { describe, expect, it } from '@jest/globals';
import { outOfLine, outOfLineSentence, type CampaignRow } from './out-of-line.js';

/** A mature bulk e-mail campaign with this share of opened messages; its interval is 2 points wide. */
function campaign(campaign_id: number | null, opened: number, fields: Partial<CampaignRow> = {}): CampaignRow {
  return {
    ...{ campaign_id, campaign_type: 'bulk', campaign_channel: 'email', is_mature: true },
    ...{ sent: 5000, delivered: 4900 },
    ...Object.fromEntries(
      ['click', 'unsubscribe', 'complaint'].flatMap((name) => [
        [`${name}_rate`, 0.01],
        [`${name}_rate_delivered`, 0.01],
      ]),
    ),
    bounce_rate: 0.02,
    ...{ open_rate_delivered: opened, open_rate_delivered_low: opened - 0.01, open_rate_delivered_high: opened + 0.01 },
    ...fields,
  } as CampaignRow;
}

const USUAL = [0.2, 0.205, 0.195, 0.21, 0.19].map((opened, i) => campaign(i + 1, opened));

describe('campaigns out of line', () => {
  it('are far from the others of their type and channel', () => {
    const { found, judged } = outOfLine([...USUAL, campaign(9, 0.1)], 'delivered');
    expect(judged).toBe(6);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ column: 'open_rate_delivered', value: 0.1, peers: 6, isBetter: false });
    expect(found[0]!.campaign.campaign_id).toBe(9);
    expect(found[0]!.usual).toBeCloseTo(0.1975);
  });

  it('are not those that differ as campaigns of their kind usually do', () => {
    const wide = [0.1, 0.15, 0.2, 0.25, 0.3].map((opened, i) => campaign(i + 1, opened));
    expect(outOfLine(wide, 'delivered').found).toEqual([]);
  });

  it('are not those whose interval contains what is usual', () => {
    const few = { open_rate_delivered_low: 0.05, open_rate_delivered_high: 0.25 };
    expect(outOfLine([...USUAL, campaign(9, 0.1, few)], 'delivered').found).toEqual([]);
  });

  it('are judged by rare events only if there are more than chance explains', () => {
    const complaints = (campaign_id: number, complaint_rate_delivered: number, low: number) =>
      campaign(campaign_id, 0.2, {
        complaint_rate_delivered,
        complaint_rate_delivered_low: low,
        complaint_rate_delivered_high: 1,
      });
    const kind = Array.from({ length: 20 }, (_, i) => complaints(i, 0, 0));
    expect(outOfLine([...kind, complaints(30, 1 / 4900, 0.00004)], 'delivered').found).toEqual([]);
    expect(outOfLine([...kind, complaints(30, 20 / 4900, 0.0026)], 'delivered').found).toMatchObject([
      { column: 'complaint_rate_delivered', isBetter: false },
    ]);
  });

  it('are compared with their own kind only, which needs five campaigns of 100 messages', () => {
    const push = campaign(9, 0.05, { campaign_channel: 'mobile_push' });
    expect(outOfLine([...USUAL, push], 'delivered')).toMatchObject({ found: [], judged: 5 });
    expect(outOfLine(USUAL.slice(1), 'delivered')).toMatchObject({ found: [], judged: 0 });
    const small = { delivered: 99, sent: 99 };
    expect(outOfLine([...USUAL, campaign(9, 0.05, small)], 'delivered').found).toEqual([]);
  });

  it('are listed with the worse ones first, and the larger ones before the smaller', () => {
    const better = campaign(8, 0.4);
    const worse = campaign(9, 0.1, { sent: 1000, delivered: 1000 });
    const worst = campaign(10, 0.1);
    const { found } = outOfLine([...USUAL, ...USUAL, better, worse, worst], 'delivered');
    expect(found.map((each) => each.campaign.campaign_id)).toEqual([10, 9, 8]);
  });

  it('leave out messages without a campaign, and campaigns whose events are still arriving', () => {
    const young = campaign(9, 0.05, { is_mature: false });
    expect(outOfLine([...USUAL, campaign(null, 0.05), young], 'delivered')).toMatchObject({ found: [], arriving: 1 });
  });

  it('are summed up in a sentence', () => {
    const of = (...more: CampaignRow[]) => outOfLineSentence(outOfLine([...USUAL, ...more], 'delivered'));
    expect(of()).toBe('None of 5 campaigns is out of line with the others of its type and channel.');
    expect(of(campaign(9, 0.1))).toBe('1 of 6 campaigns is out of line with the others of their type and channel.');
    expect(of(campaign(9, 0.1, { is_mature: false }))).toMatch(/ Opens and clicks of 1 more are still arriving\.$/);
    expect(outOfLineSentence(outOfLine([], 'delivered'))).toMatch(/^No campaign can be judged/);
    expect(outOfLineSentence(outOfLine([campaign(9, 0.1, { is_mature: false })], 'delivered'))).toMatch(
      /^Opens and clicks of the campaigns are still arriving/,
    );
  });
});

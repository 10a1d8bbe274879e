import { RATES, USUAL_RATES } from './measures.js';

interface RankedRate {
  /** The count that the rate is a share of. */
  readonly of: string;
  /** The lower the better, as for bounces. */
  readonly lowIsBest: boolean;
}

/** The rates of campaign_scorecard, by which top_campaigns ranks. */
export const RANKED_RATES: Readonly<Record<string, RankedRate>> = {
  ...Object.fromEntries(
    USUAL_RATES.map((name) => [name, { of: RATES[name][1], lowIsBest: /^(unsubscribe|bounce|complaint)_/.test(name) }]),
  ),
  later_open_rate: { of: 'sent', lowIsBest: false },
  later_open_rate_delivered: { of: 'delivered', lowIsBest: false },
};

import type { RowOf } from '../../api/api.js';
import { columnOf, RATES, type Over, type RateDefinition } from './rates.js';

export type CampaignRow = RowOf<'/api/v1/campaigns'>;

/** A rate of a campaign that is far from those of its kind. */
export interface OutOfLine {
  readonly campaign: CampaignRow;
  readonly rate: RateDefinition;
  readonly column: ReturnType<typeof columnOf>;
  readonly value: number;
  /** Median of the campaigns of its kind; for rare events the rate of all their messages. */
  readonly usual: number;
  readonly difference: number;
  readonly peers: number;
  readonly isBetter: boolean;
}

export interface Judgement {
  /** Those that are worse first, then by the number of messages that the difference is about. */
  readonly found: readonly OutOfLine[];
  /** Campaigns that were compared with others. */
  readonly judged: number;
  /** Campaigns whose opens and clicks are still arriving. */
  readonly arriving: number;
}

/** Rates of fewer messages vary too much by chance. */
const LEAST_MESSAGES = 100;
/** Fewer campaigns do not show what is usual. */
const LEAST_PEERS = 5;
/** A campaign is out of line if it is more standard deviations away: among thousand rates, fewer than one is so by chance. */
const MOST_DEVIATIONS = 3.5;
/** Median of the square of a standard normal value. */
const MEDIAN_SQUARE = 0.455;

/** Purchases arrive later and are left out. */
const JUDGED = RATES.filter(({ name }) => name !== 'purchase_rate');

/**
 * Finds campaigns that are out of line with the others of their type and channel, as in a funnel plot with control limits that
 * allow for overdispersion (D. J. Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202): the limits are wider, the more the
 * campaigns of the kind differ anyway. The 95 % interval must exclude the usual rate, too.
 */
export function outOfLine(campaigns: readonly CampaignRow[], over: Over): Judgement {
  const known = campaigns.filter(({ campaign_id }) => campaign_id !== null);
  const mature = known.filter(({ is_mature }) => is_mature === true);
  const kinds = new Map<string, CampaignRow[]>();
  for (const campaign of mature) {
    const kind = `${campaign.campaign_type} ${campaign.campaign_channel}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), campaign]);
  }
  const judged = new Set<CampaignRow>();
  const found = [...kinds.values()].flatMap((kind) => JUDGED.flatMap((rate) => ofKind(kind, rate, over, judged)));
  const weight = ({ difference, campaign }: OutOfLine) => Math.abs(difference) * campaign.sent;
  return {
    found: found.toSorted((a, b) => Number(a.isBetter) - Number(b.isBetter) || weight(b) - weight(a)),
    judged: judged.size,
    arriving: known.length - mature.length,
  };
}

function ofKind(kind: readonly CampaignRow[], rate: RateDefinition, over: Over, judged: Set<CampaignRow>): OutOfLine[] {
  const column = columnOf(rate, over);
  const whole = over === 'delivered' && rate.only === undefined ? 'delivered' : 'sent';
  const peers = kind.filter((campaign) => campaign[whole] >= LEAST_MESSAGES && campaign[column] !== null);
  if (peers.length < LEAST_PEERS) return [];
  for (const campaign of peers) judged.add(campaign);
  // The median does not follow the campaign that is out of line; of rare events it is 0, which says nothing.
  const middle = median(peers.map((campaign) => campaign[column]!));
  const events = sum(peers.map((campaign) => campaign[column]! * campaign[whole]));
  const usual = middle > 0 ? middle : events / sum(peers.map((campaign) => campaign[whole]));
  const deviationOf = (campaign: CampaignRow) =>
    2 * (anscombe(campaign[column]! * campaign[whole]) - anscombe(usual * campaign[whole]));
  const spread = Math.sqrt(Math.max(1, median(peers.map((campaign) => deviationOf(campaign) ** 2)) / MEDIAN_SQUARE));
  return peers.flatMap((campaign) => {
    const value = campaign[column]!;
    const difference = value - usual;
    const [low, high] = [campaign[`${column}_low`] ?? 0, campaign[`${column}_high`] ?? 1];
    if (low <= usual && usual <= high) return [];
    if (Math.abs(deviationOf(campaign)) <= MOST_DEVIATIONS * spread) return [];
    const isBetter = difference > 0 === rate.moreIsBetter;
    return [{ campaign, rate, column, value, usual, difference, peers: peers.length, isBetter }];
  });
}

/** Makes counts of events, also of few, vary by chance with a standard deviation of 1/2 (F. J. Anscombe 1948, Biometrika 35). */
function anscombe(events: number): number {
  return Math.sqrt(events + 3 / 8);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The answer to "which campaign is out of line?". */
export function outOfLineSentence({ found, judged, arriving }: Judgement): string {
  if (judged === 0) {
    return arriving > 0
      ? 'Opens and clicks of the campaigns are still arriving, so they cannot be compared yet.'
      : `No campaign can be judged: that takes at least ${LEAST_PEERS} of one type and channel, with ${LEAST_MESSAGES} messages each.`;
  }
  const campaigns = new Set(found.map(({ campaign }) => campaign)).size;
  const rest = arriving > 0 ? ` Opens and clicks of ${arriving} more are still arriving.` : '';
  if (campaigns === 0)
    return `None of ${judged} campaigns is out of line with the others of its type and channel.${rest}`;
  const are = campaigns === 1 ? 'is' : 'are';
  return `${campaigns} of ${judged} campaigns ${are} out of line with the others of their type and channel.${rest}`;
}

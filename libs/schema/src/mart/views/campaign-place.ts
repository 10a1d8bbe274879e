import { MATURE_SHARE, MATURITY_DAYS } from '../maturity.js';
import type { MartFunction } from '../mart-object.js';
import { bounded, boundedDescriptions, RATES, share, USUAL_RATES } from '../measures.js';
import { RANKED_RATES } from '../ranked-rates.js';

/** The rates of a scorecard, one row each: name, numerator, denominator, maturity, and whether low is best. */
const VALUES = USUAL_RATES.map((name) => {
  const [part, whole] = RATES[name];
  const isMature = part === 'purchased' ? 'is_purchase_mature' : 'is_mature';
  return `('${name}', ${part}, ${whole}, ${isMature}, ${RANKED_RATES[name]!.lowIsBest})`;
});

/** The same of a campaign without messages. */
const NO_VALUES = USUAL_RATES.map((name) => `('${name}', 0, 0, NULL::boolean, ${RANKED_RATES[name]!.lowIsBest})`);

const BETTER = 'CASE WHEN own.low_is_best THEN peer.rate < own.rate ELSE peer.rate > own.rate END';

const quartile = (part: number) => `percentile_disc(${part}) WITHIN GROUP (ORDER BY peer.rate)`;

export const CAMPAIGN_PLACE_COLUMNS: Readonly<Record<string, string>> = {
  rate_name: `Name of the rate: ${USUAL_RATES.join(', ')}`,
  part: 'Numerator of the rate',
  whole: 'Denominator of the rate: messages sent, delivered or opened',
  ...boundedDescriptions('own_rate', 'Rate of the campaign, a share from 0 to 1: part / whole; null if whole is 0'),
  is_mature:
    `Whether the rate is final: at least ${MATURE_SHARE * 100} % of the dated messages were sent ${MATURITY_DAYS.engagement} days ` +
    `(rates of purchases: ${MATURITY_DAYS.purchase} days) or more before the data ends; null without dated messages`,
  low_is_best: 'Whether the smallest rate has rank 1',
  peers:
    'Other campaigns of the same type and campaign channel whose rate is final and has at least least_sent messages in its denominator',
  rank:
    '1 + the number of peers with a better rate, so that equal rates share a rank. Null if the rate is not final or has fewer than ' +
    'least_sent messages in its denominator',
  percentile:
    'Share of the peers, from 0 to 1, that have a worse rate; a peer with an equal rate counts as half. Null without a rank or without peers',
  peer_p25: 'First quartile of the rates of the peers; like the other two, it is the rate of one of them',
  peer_median: 'Median of the rates of the peers',
  peer_p75: 'Third quartile of the rates of the peers',
};

export const campaignPlace: MartFunction = {
  kind: 'function',
  name: 'campaign_place',
  parameters: 'campaign_type text, campaign_id bigint, least_sent bigint DEFAULT 1000',
  returns: `TABLE (rate_name text, part bigint, whole bigint, own_rate numeric, own_rate_low numeric, own_rate_high numeric, is_mature boolean,
                   low_is_best boolean, peers bigint, rank bigint, percentile numeric,
                   peer_p25 numeric, peer_median numeric, peer_p75 numeric)`,
  comment:
    'The place of a campaign among its peers, one row for each rate: rank, share of the peers with a worse rate, and their quartiles. ' +
    'Peers are the other campaigns of the same type and campaign channel (multichannel for triggers; campaigns without one, such as ' +
    'those that are not in the table campaigns, are peers of each other) whose rate is final and has at least least_sent messages in its ' +
    'denominator (sent, delivered or opened). A campaign whose own rate is not final, or has fewer messages, has no rank; the ' +
    "peers' quartiles are there all the same. Equal rates share a rank. A campaign without messages has rows if it is in the table " +
    'campaigns; a campaign that is neither there nor in messages has none. ' +
    'A better place is not an effect of the campaign: audience, topic and time differ too.',
  sql: `
    WITH campaign AS MATERIALIZED (
      SELECT $2 AS id, (SELECT channel FROM public.campaigns WHERE id = $2 AND campaigns.campaign_type = $1) AS channel
    ),
    entry AS MATERIALIZED (
      SELECT scorecard.campaign_id, point.*, ${share('point.part', 'point.whole')} AS rate
      FROM campaign
      JOIN mart.campaign_scorecard AS scorecard ON campaign_channel IS NOT DISTINCT FROM channel,
           LATERAL (VALUES ${VALUES.join(', ')}) AS point (rate_name, part, whole, is_mature, low_is_best)
      WHERE scorecard.campaign_type = $1
        AND (scorecard.campaign_id = $2 OR point.is_mature AND point.whole >= greatest($3, 1))
    ),
    own AS (
      SELECT * FROM entry WHERE entry.campaign_id = $2
      UNION ALL
      SELECT id, point.*, NULL
      FROM public.campaigns, (VALUES ${NO_VALUES.join(', ')}) AS point
      WHERE id = $2 AND campaigns.campaign_type = $1 AND NOT EXISTS (SELECT FROM entry WHERE entry.campaign_id = $2)
    ),
    compared AS (
      SELECT own.*, count(peer.rate) AS peers,
             CASE WHEN own.is_mature AND own.whole >= greatest($3, 1) THEN 1 + count(*) FILTER (WHERE ${BETTER}) END AS rank,
             count(*) FILTER (WHERE peer.rate = own.rate) AS equal,
             ${quartile(0.25)} AS p25, ${quartile(0.5)} AS median, ${quartile(0.75)} AS p75
      FROM own LEFT JOIN entry AS peer ON peer.rate_name = own.rate_name AND peer.campaign_id <> own.campaign_id
      GROUP BY own.campaign_id, own.rate_name, own.part, own.whole, own.is_mature, own.low_is_best, own.rate
    )
    SELECT compared.rate_name, compared.part, compared.whole, ${bounded('own_rate', 'compared.part', 'compared.whole')},
           compared.is_mature, compared.low_is_best, compared.peers, compared.rank,
           round((compared.peers - (compared.rank - 1) - compared.equal / 2.0) / nullif(compared.peers, 0), 6),
           p25, median, p75
    FROM compared
    ORDER BY compared.rate_name`,
};

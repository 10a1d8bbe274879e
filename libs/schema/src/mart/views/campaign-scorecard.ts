import { failure, PERIOD } from '../argument-checks.js';
import { CAMPAIGN_JOIN } from '../by-campaign.js';
import { MATURE, MATURITY_COUNTS, WITH_SPAN } from '../maturity.js';
import type { MartFunction, MartView } from '../mart-object.js';
import { rates, share, summed, USUAL_MEASURES } from '../measures.js';
import { LATER_OPENS } from '../later-opens.js';
import { RANKED_RATES } from '../ranked-rates.js';
import { literals } from '../sql-literal.js';

const SUMMED = `${summed()}, sum(opened_within_15s)::bigint AS opened_within_15s`;

/**
 * Reads a view, not the ledger, because a function has the rights of its caller, and analysts may not read the ledger.
 *
 * @param where selects days
 */
const scorecard = (where: string) => `
  SELECT sending.campaign_id, sending.campaign_type, campaign.id IS NOT NULL AS is_known, topic,
         campaign.channel AS campaign_channel, first_date, last_date, first_date_99, last_date_99, ${MATURE.sql}, total_count,
         ${share('sent', 'total_count')} AS sent_of_total, ${USUAL_MEASURES.join(', ')}, opened_within_15s, ${rates()},
         ${LATER_OPENS.rates}
  FROM (
    ${WITH_SPAN}
    SELECT campaign_id, campaign_type, min(date) AS first_date, max(date) AS last_date,
           min(date) FILTER (WHERE up_to_here > dated_in_all / 200) AS first_date_99,
           min(date) FILTER (WHERE up_to_here >= dated_in_all - dated_in_all / 200) AS last_date_99,
           ${MATURITY_COUNTS}, ${SUMMED}
    FROM (
      SELECT *, (sum(sent) OVER (same ORDER BY date))::bigint AS up_to_here,
             (sum(sent) FILTER (WHERE date IS NOT NULL) OVER same)::bigint AS dated_in_all
      FROM mart.campaign_daily WHERE ${where}
      WINDOW same AS (PARTITION BY campaign_id, campaign_type)
    ) AS cumulative
    GROUP BY campaign_id, campaign_type
  ) AS sending LEFT ${CAMPAIGN_JOIN}`;

export const campaignScorecard: MartView = {
  kind: 'view',
  name: 'campaign_scorecard',
  comment:
    'Question 3, the scorecard of each campaign with messages. Messages without a campaign are one row for each type, with a null ' +
    'campaign_id. Rates are over sent or, where the name says so, over delivered; compare campaigns only if they are mature. The ' +
    'number of clients that a campaign reached is in campaign_audience, because distinct clients cannot be added up. For messages ' +
    'of certain days see campaigns_between, for the best campaigns top_campaigns.',
  columns: {
    campaign_id: 'Id of the campaign; unique only together with campaign_type. Null: messages without a campaign',
    campaign_type: 'Kind of campaign; part of the key',
    is_known: 'Whether the campaign is in the table campaigns; false for messages without a campaign',
    topic: 'What the campaign is about; null if unknown',
    campaign_channel: 'Channel of the campaign; multichannel for triggers',
    first_date: 'Day of its first message (UTC). A single stray date moves it: see first_date_99',
    last_date: 'Day of its last message (UTC). A single stray date moves it: see last_date_99',
    first_date_99:
      'Day of its first message (UTC) if the earliest 0.5 % of its dated messages, rounded down, are left out',
    last_date_99: 'Day of its last message (UTC) if the latest 0.5 % of its dated messages, rounded down, are left out',
    ...MATURE.columns,
    total_count: 'Planned recipients; bulk campaigns only',
    sent_of_total: 'sent / total_count; above 1 if more was sent than planned',
    ...LATER_OPENS.columns,
  },
  sql: scorecard('true'),
};

export const campaignsBetween: MartFunction = {
  kind: 'function',
  name: 'campaigns_between',
  parameters: PERIOD.parameters,
  returns: 'SETOF mart.campaign_scorecard',
  comment:
    'Question 3, the scorecard of each campaign for the messages sent from first_day to last_day: all counts, rates and dates are ' +
    'those of these messages only, whenever they were opened, clicked or bought from. Campaigns without such messages are left out. ' +
    `${PERIOD.description} Columns as in campaign_scorecard, which it equals without limits.`,
  sql: `${scorecard(PERIOD.where)} LIMIT ${PERIOD.limit}`,
};

const RATE_NAMES = Object.keys(RANKED_RATES);
const RANKED = Object.entries(RANKED_RATES);
const LOW_IS_BEST = RANKED.filter(([, { lowIsBest }]) => lowIsBest).map(([name]) => name);

export const topCampaigns: MartFunction = {
  kind: 'function',
  name: 'top_campaigns',
  parameters:
    `by_rate text DEFAULT 'open_rate', least_sent bigint DEFAULT 1000, most integer DEFAULT 20, ` +
    `worst_first boolean DEFAULT false, ${PERIOD.parameters}`,
  returns: 'SETOF mart.campaign_scorecard',
  comment:
    `Question 4, the best campaigns by one rate (by_rate: ${RATE_NAMES.join(', ')}; any other value is an error). The best are those ` +
    `with the greatest rate; for ${LOW_IS_BEST.join(', ')} those with the smallest. worst_first => true reverses that. Campaigns with ` +
    'fewer than least_sent messages in the denominator of the rate (sent, delivered or opened) are left out, because tiny ones with ' +
    '0 or 100 % would come first. Of equal rates the one with more messages in its denominator comes first. first_day and last_day ' +
    `count only the messages sent on these days. ${PERIOD.description} Messages without a campaign are left out. Columns as in ` +
    'campaign_scorecard.',
  sql: `
    SELECT scorecard.*
    FROM mart.campaigns_between(first_day, last_day) AS scorecard,
         LATERAL (
           SELECT CASE by_rate ${RANKED.map(([name]) => `WHEN '${name}' THEN ${name}`).join(' ')} END AS rate,
                  CASE by_rate ${RANKED.map(([name, { of }]) => `WHEN '${name}' THEN ${of}`).join(' ')} END AS denominator
         ) AS ranked
    WHERE campaign_id IS NOT NULL AND denominator >= coalesce(least_sent, 0)
    ORDER BY CASE WHEN (by_rate IN (${literals(LOW_IS_BEST)})) = coalesce(worst_first, false) THEN rate ELSE -rate END DESC NULLS LAST,
             denominator DESC, campaign_id, campaign_type
    LIMIT CASE WHEN by_rate IN (${literals(RATE_NAMES)}) THEN most ELSE ${failure('bigint', "'top_campaigns has no rate '", 'by_rate')} END`,
};

import { counts, DAILY, rates, share, summed, USUAL_MEASURES, USUAL_RATES } from '../measures.js';
import type { MartFunction, MartView } from '../mart-object.js';

const MEASURES = USUAL_MEASURES.join(', ');

/**
 * Messages of each campaign; id and type together are the key. Grouped by day first: entries of a day whose messages were
 * all deleted or moved cancel out, and such a day must not become first_date or last_date.
 */
const BY_CAMPAIGN = `
  SELECT campaign_id, message_type AS campaign_type, min(date) AS first_date, max(date) AS last_date, ${summed()}
  FROM (
    SELECT campaign_id, message_type, date, ${counts()} FROM ${DAILY} AND campaign_id IS NOT NULL
    GROUP BY campaign_id, message_type, date HAVING sum(n) <> 0
  ) AS day
  GROUP BY campaign_id, message_type`;

const CAMPAIGN_JOIN = `
  JOIN public.campaigns AS campaign ON campaign.id = sending.campaign_id AND campaign.campaign_type = sending.campaign_type`;

export const campaignScorecard: MartView = {
  kind: 'view',
  name: 'campaign_scorecard',
  comment:
    'Question 3, the scorecard of each campaign with messages. The number of clients it reached is in campaign_audience, ' +
    'because distinct clients cannot be added up. Rates of tiny campaigns say little: see top_campaigns.',
  columns: {
    campaign_id: 'Id of the campaign; unique only together with campaign_type',
    campaign_type: 'Kind of campaign; part of the key',
    is_known: 'Whether the campaign is in the table campaigns',
    topic: 'What the campaign is about',
    campaign_channel: 'Channel of the campaign; multichannel for triggers',
    first_date: 'Day of its first message (UTC)',
    last_date: 'Day of its last message (UTC)',
    total_count: 'Planned recipients; bulk campaigns only',
    sent_of_total: 'sent / total_count; above 1 if more was sent than planned',
  },
  sql: `
    SELECT sending.campaign_id, sending.campaign_type, campaign.id IS NOT NULL AS is_known, topic,
           campaign.channel AS campaign_channel, first_date, last_date, total_count,
           ${share('sent', 'total_count')} AS sent_of_total, ${MEASURES}, ${rates()}
    FROM (${BY_CAMPAIGN}) AS sending LEFT ${CAMPAIGN_JOIN}`,
};

export const campaignAudience: MartView = {
  kind: 'view',
  name: 'campaign_audience',
  comment:
    'Question 3, the clients of each campaign. Reads the rows of messages, because distinct clients cannot be added up day by ' +
    'day. Filter by campaign_id and campaign_type to read only the rows of one campaign.',
  columns: {
    campaign_id: 'Id of the campaign',
    campaign_type: 'Kind of campaign; part of the key',
    sent: 'Messages',
    unique_clients: 'Number of different clients',
    messages_per_client: 'sent / unique_clients',
  },
  sql: `
    SELECT campaign_id, campaign_type, sum(sent)::bigint AS sent, count(*) AS unique_clients,
           round(sum(sent) / count(*), 3) AS messages_per_client
    FROM (
      SELECT campaign_id, message_type AS campaign_type, client_id, count(*) AS sent
      FROM public.messages WHERE campaign_id IS NOT NULL GROUP BY campaign_id, message_type, client_id
    ) AS client
    GROUP BY campaign_id, campaign_type`,
};

/** Fails as a cast, because plain SQL cannot raise an error. A mistyped rate must not return an arbitrary order. */
const NO_SUCH_RATE = `concat('top_campaigns has no rate ', by_rate)::numeric`;

export const topCampaigns: MartFunction = {
  kind: 'function',
  name: 'top_campaigns',
  parameters: `by_rate text DEFAULT 'open_rate', least_sent bigint DEFAULT 1000, most integer DEFAULT 20`,
  returns: 'SETOF mart.campaign_scorecard',
  comment:
    `Question 4, the best campaigns by one rate (by_rate: ${USUAL_RATES.join(', ')}; any other value is an error). Campaigns ` +
    'with fewer than least_sent messages are left out, because tiny ones with 0 or 100 % would come first. Columns as in ' +
    'campaign_scorecard.',
  sql: `
    SELECT * FROM mart.campaign_scorecard
    WHERE sent >= least_sent
    ORDER BY (CASE by_rate ${USUAL_RATES.map((rate) => `WHEN '${rate}' THEN ${rate}`).join(' ')}
                           ELSE ${NO_SUCH_RATE} END) DESC NULLS LAST,
             sent DESC, campaign_id, campaign_type
    LIMIT most`,
};

const FLAGS = ['personalization', 'deadline', 'emoji', 'bonuses', 'discount', 'saleout'] as const;

export const subjectFeatures: MartView = {
  kind: 'view',
  name: 'subject_features',
  comment:
    'Question 11, which features of a subject line go with more opens? By type of campaign, because types differ far more than ' +
    'subjects do: transactional mails have no emoji and are opened by every third client. Campaigns without a value are left out.',
  columns: {
    campaign_type: 'Kind of campaign; compare only within one',
    feature: `A property of the subject: ${FLAGS.join(', ')}, length`,
    value: 'true or false; for length the range of characters',
    campaigns: 'Campaigns with such a subject',
  },
  sql: `
    SELECT campaign_type, feature, value, campaigns, ${MEASURES}, ${rates()}
    FROM (
      SELECT sending.campaign_type, feature, value, count(*) AS campaigns, ${summed()}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN},
           LATERAL (VALUES
             ${FLAGS.map((flag) => `('${flag}', subject_with_${flag}::text)`).join(', ')},
             ('length', CASE WHEN subject_length < 40 THEN '0-39' WHEN subject_length < 80 THEN '40-79'
                             WHEN subject_length < 120 THEN '80-119' WHEN subject_length >= 120 THEN '120 and more' END)
           ) AS subject (feature, value)
      WHERE value IS NOT NULL
      GROUP BY sending.campaign_type, feature, value
    ) AS counted`,
};

export const experimentEffect: MartView = {
  kind: 'view',
  name: 'experiment_effect',
  comment:
    'Question 12, A/B tests and warm-ups compared with other campaigns, by type. This compares campaigns with each other, not the ' +
    'variants of a test: the data does not say which message got which variant, and has no control group. In the data ab_test is ' +
    'true or missing, never false. Messages of unknown campaigns are left out.',
  columns: {
    campaign_type: 'Kind of campaign; compare only within one',
    experiment: `'A/B test', 'warm-up', 'A/B test and warm-up', or 'none'`,
    campaigns: 'Campaigns of this kind',
  },
  sql: `
    SELECT campaign_type, experiment, campaigns, ${MEASURES}, ${rates()}
    FROM (
      SELECT sending.campaign_type, experiment, count(*) AS campaigns, ${summed()}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN},
           LATERAL (SELECT CASE WHEN ab_test IS TRUE AND warmup_mode IS TRUE THEN 'A/B test and warm-up'
                                WHEN ab_test IS TRUE THEN 'A/B test' WHEN warmup_mode IS TRUE THEN 'warm-up'
                                ELSE 'none' END AS experiment) AS kind
      GROUP BY sending.campaign_type, experiment
    ) AS counted`,
};

export const triggerSequence: MartView = {
  kind: 'view',
  name: 'trigger_sequence',
  comment:
    'Question 17, series of triggers: how do rates change from one reminder to the next? Test campaigns and messages of unknown ' +
    'campaigns are left out. (The filter is is_test IS NOT TRUE, because is_test is empty for most campaigns.)',
  columns: {
    topic: 'What the trigger is about; null if unknown',
    position: 'Position in the series; null if unknown',
    campaigns: 'Trigger campaigns at this position',
  },
  sql: `
    SELECT topic, position, campaigns, ${MEASURES}, ${rates()}
    FROM (
      SELECT topic, position, count(*) AS campaigns, ${summed()}
      FROM (${BY_CAMPAIGN}) AS sending ${CAMPAIGN_JOIN}
      WHERE sending.campaign_type = 'trigger' AND is_test IS NOT TRUE
      GROUP BY topic, position
    ) AS counted`,
};

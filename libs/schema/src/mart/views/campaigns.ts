import { RIGHT_CENSORED, WITH_SPAN } from '../maturity.js';
import { CAMPAIGN_JOIN } from '../by-campaign.js';
import { LATER_OPENS } from '../later-opens.js';
import { counts, numericType, rates, SMALL_N, USUAL_MEASURES } from '../measures.js';
import type { MartView } from '../mart-object.js';

/** Measures with a condition on `events`, which entries of the cube `age` never meet. */
const EVENTS = USUAL_MEASURES.filter((name) => name !== 'sent');

export const campaignDaily: MartView = {
  kind: 'view',
  name: 'campaign_daily',
  comment:
    'Volume and rates of each campaign by day of sending and channel. Add up the counts of several rows, never the rates. For the ' +
    'figures of a whole period see campaigns_between. Rates are over sent or, where the name says so, over delivered; those of the ' +
    'last days of the data are still rising, and these days are marked.',
  columns: {
    date: 'Day of sending (UTC); null for messages without one',
    ...RIGHT_CENSORED.columns,
    campaign_id: 'Id of the campaign; unique only together with campaign_type. Null: messages without a campaign',
    campaign_type: 'Kind of campaign',
    channel: 'Channel of the message, not of the campaign, which is multichannel for triggers',
    topic: 'What the campaign is about; null if unknown',
    opened_within_15s: LATER_OPENS.columns.opened_within_15s,
  },
  sql: `
    ${WITH_SPAN}
    SELECT date, ${RIGHT_CENSORED.sql}, sending.campaign_id, sending.campaign_type, sending.channel, topic,
           ${USUAL_MEASURES.join(', ')}, opened_within_15s, ${rates()}
    FROM (
      SELECT date, campaign_id, message_type AS campaign_type, channel, sum(n) FILTER (WHERE cube = 'daily')::bigint AS sent,
             ${counts(EVENTS)}, ${LATER_OPENS.count}
      FROM (
        SELECT cube, date, campaign_id, message_type, channel, events, ${SMALL_N}
        FROM ledger.entries WHERE cube = 'daily' OR ${LATER_OPENS.where}
      ) AS entry
      GROUP BY date, campaign_id, message_type, channel HAVING sum(n) FILTER (WHERE cube = 'daily') <> 0
    ) AS sending LEFT ${CAMPAIGN_JOIN}`,
};

export const campaignAudience: MartView = {
  kind: 'view',
  name: 'campaign_audience',
  comment:
    'Question 3, the number of clients of each campaign. Messages without a campaign are one row for each type, with a null ' +
    'campaign_id. Reads the rows of messages, because distinct clients cannot be added up day by day. Filter by campaign_id and ' +
    'campaign_type to read only the rows of one campaign.',
  columns: {
    campaign_id: 'Id of the campaign. Null: messages without a campaign',
    campaign_type: 'Kind of campaign; part of the key',
    sent: 'Messages',
    unique_clients: 'Number of different clients',
    messages_per_client: 'sent / unique_clients',
  },
  sql: `
    SELECT campaign_id, campaign_type, sum(sent)::bigint AS sent, count(*) AS unique_clients,
           (sum(sent) / count(*))::${numericType(3)} AS messages_per_client
    FROM (
      SELECT campaign_id, message_type AS campaign_type, client_id, count(*) AS sent
      FROM public.messages GROUP BY campaign_id, message_type, client_id
    ) AS client
    GROUP BY campaign_id, campaign_type`,
};

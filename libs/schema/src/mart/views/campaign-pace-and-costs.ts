import { failure } from '../argument-checks.js';
import type { MartFunction, MartView } from '../mart-object.js';

export const campaignPace: MartView = {
  kind: 'view',
  name: 'campaign_pace',
  comment: 'Question 22, duration, throughput and hourly limit of campaigns with a known start.',
  columns: {
    campaign_id: 'Id of the campaign',
    campaign_type: 'Kind of campaign; part of the key',
    topic: 'What the campaign is about',
    started_at: 'Start of the sending (UTC)',
    finished_at: 'End of the sending (UTC); null while it is running, or if unknown',
    duration_hours:
      'From start to end, in hours, to six significant digits; negative if finished_at is before started_at',
    total_count: 'Planned recipients',
    sent: 'Messages of the campaign in the mart',
    planned_per_hour: 'total_count / duration_hours, to six significant digits; null unless the duration is positive',
    sent_per_hour: 'sent / duration_hours, to six significant digits; null unless the duration is positive',
    warmup_mode: 'Sent slowly to build up a sender reputation',
    hour_limit: 'Maximum number of messages per hour; only in warm-up mode',
    is_over_limit: 'Whether planned_per_hour, before rounding, exceeds hour_limit; null if either is unknown',
  },
  sql: `
    SELECT campaign.id AS campaign_id, campaign.campaign_type, topic, started_at, finished_at,
           mart.significant(seconds / 3600)::double precision AS duration_hours, total_count, coalesce(sent, 0) AS sent,
           mart.significant(total_count * 3600.0 / positive)::double precision AS planned_per_hour,
           mart.significant(coalesce(sent, 0) * 3600.0 / positive)::double precision AS sent_per_hour,
           warmup_mode, hour_limit, total_count * 3600.0 > hour_limit * positive AS is_over_limit
    FROM public.campaigns AS campaign
    LEFT JOIN (
      SELECT campaign_id, message_type, sum(n)::bigint AS sent
      FROM ledger.entries WHERE cube = 'daily' GROUP BY campaign_id, message_type
    ) AS sending ON sending.campaign_id = campaign.id AND sending.message_type = campaign.campaign_type,
    LATERAL (SELECT extract(epoch FROM finished_at - started_at) AS seconds) AS duration,
    LATERAL (SELECT CASE WHEN seconds > 0 THEN seconds END AS positive) AS known_duration
    WHERE started_at IS NOT NULL`,
};

const CHANNELS = ['email', 'mobile_push', 'web_push', 'sms'] as const;

const checkedPrice = (channel: string) =>
  `CASE WHEN ${channel}_price >= 0 AND ${channel}_price < 'Infinity' THEN ${channel}_price ` +
  `ELSE ${failure('numeric', `'${channel}_price must be 0 or more, not '`, `coalesce(${channel}_price::text, 'null')`)} END`;

export const campaignCosts: MartFunction = {
  kind: 'function',
  name: 'campaign_costs',
  parameters: CHANNELS.map((channel) => `${channel}_price numeric DEFAULT 0`).join(', '),
  returns: `TABLE (message_type text, channel text, price numeric, sent bigint, opened bigint, clicked bigint, purchased bigint,
                   cost numeric, cost_per_open numeric, cost_per_click numeric, cost_per_purchase numeric)`,
  comment:
    'Question 23, what do campaigns cost? Give the price of one message of each channel, in any currency; for example ' +
    'mart.campaign_costs(email_price => 0.001, sms_price => 0.05). Costs are by type and channel, and for each open, click and purchase, to six significant digits. The data has no prices and no revenue.',
  sql: `
    SELECT message_type, channel, price, sent, opened, clicked, purchased, sent * price,
           ${['opened', 'clicked', 'purchased'].map((name) => `mart.significant(sent * price / nullif(${name}, 0))`).join(', ')}
    FROM mart.type_channel_rates
    JOIN (VALUES ${CHANNELS.map((channel) => `('${channel}', ${checkedPrice(channel)})`).join(', ')}) AS tariff (channel, price) USING (channel)
    ORDER BY message_type, channel`,
};

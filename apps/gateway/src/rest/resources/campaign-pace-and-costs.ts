import { PRICE } from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { argument, byCampaign, byTopic, byType, days, isTrue } from '../parameters/resource-parameters.js';
import type { Resource } from './resource.js';

export const campaignPaceAndCosts: readonly Resource[] = [
  martResource('campaign_pace', {
    path: 'campaigns/pace',
    summary: 'Duration, throughput and hour limit of campaigns',
    parameters: [
      ...days(
        utcDay('started_at'),
        utcDay('coalesce(finished_at, started_at)'),
        'of a period in which the campaign ran (its figures are of all its messages; without an end it counts by its start)',
      ),
      byType('campaign_type'),
      byTopic,
      byCampaign,
      isTrue('is_over_limit', 'Whether more messages an hour were planned than the limit allows'),
    ],
    key: ['campaign_id', 'campaign_type'],
  }),
  martResource('campaign_costs', {
    path: 'campaigns/costs',
    summary: 'Cost per open, click and purchase at assumed prices',
    parameters: (['email', 'mobile_push', 'web_push', 'sms'] as const).map((channel) =>
      argument(`${channel}_price`, PRICE, `Price of a message by ${channel}; default 0`, undefined, '0.01'),
    ),
    columns: {
      message_type: 'Kind of campaign',
      channel: 'Channel of the message',
      price: 'Assumed price of a message',
      cost: 'sent x price',
      cost_per_open: 'cost / opened; null if the divisor is 0',
      cost_per_click: 'cost / clicked; null if the divisor is 0',
      cost_per_purchase: 'cost / purchased; null if the divisor is 0',
    },
    key: ['message_type', 'channel'],
  }),
];

function utcDay(time: string): string {
  return `(${time} AT TIME ZONE 'UTC')::date`;
}

import { CAMPAIGN_PLACE_COLUMNS } from '#schema/mart/views/campaign-place.js';
import { campaignScorecard } from '#schema/mart/views/campaign-scorecard.js';
import { RANKED_RATES } from '#schema/mart/ranked-rates.js';
import { contract } from '#schema/contract.js';
import { BOOLEAN, ID, DAY, integer, MESSAGE_TYPE, oneOf } from '../parameters/value-kind.js';
import { contractColumns } from './contract-columns.js';
import { martResource, ownResource } from './define-resource.js';
import {
  argument,
  byCampaign,
  byChannel,
  byText,
  byTopic,
  byType,
  days,
  equals,
  isTrue,
} from '../parameters/resource-parameters.js';
import type { Parameter, Resource } from './resource.js';

const ofCampaign: readonly Parameter[] = [
  equals('type', {
    in: 'path',
    kind: MESSAGE_TYPE,
    column: 'campaign_type',
    description: 'Kind of campaign',
    example: 'bulk',
  }),
  equals('id', {
    ...{ in: 'path', kind: ID, column: 'campaign_id' },
    description: 'Campaign id; unique only together with the type',
    example: '64',
  }),
];

/** The same, for a function. */
const passedCampaign: readonly Parameter[] = ofCampaign.map((parameter) => ({
  ...parameter,
  use: { argument: parameter.column! },
}));

/** Limits the figures of a function to messages sent on these days. */
const sentBetween: readonly Parameter[] = [
  argument(
    'from',
    DAY,
    'First day of sending (UTC); counts only messages sent on it or later',
    'first_day',
    '2021-04-30',
  ),
  argument(
    'to',
    DAY,
    'Last day of sending (UTC); counts only messages sent on it or earlier',
    'last_day',
    '2021-06-30',
  ),
];

const leastSent: Parameter = {
  ...{ name: 'least_sent', in: 'query', kind: integer(0, 1_000_000_000), example: '1000' },
  description: 'Selects campaigns with at least so many messages',
  use: { where: (value) => `sent >= ${value}` },
};

const scorecard = martResource('campaigns_between', {
  path: 'campaigns',
  summary: 'Scorecards of campaigns, for all their messages or those of certain days',
  parameters: [
    ...sentBetween,
    byType('campaign_type'),
    equals('channel', {
      column: 'campaign_channel',
      description: 'Channel of the campaign; multichannel for triggers',
      example: 'mobile_push',
    }),
    byTopic,
    byText,
    byCampaign,
    leastSent,
    isTrue(
      'is_known',
      'Whether the campaign is in the table campaigns; false also selects messages without a campaign',
    ),
  ],
  columns: campaignScorecard.columns,
  key: ['campaign_id', 'campaign_type'],
  nullable: ['campaign_id'],
});

/** Columns of the table campaigns that the scorecard lacks. */
const details = contractColumns(contract.reference[0]).filter(
  ({ name }) => !['id', 'campaign_type', 'channel', 'topic', 'total_count'].includes(name),
);

const ofTable = [
  'campaign_id',
  'campaign_type',
  'is_known',
  'topic',
  'campaign_channel',
  'total_count',
  'sent_of_total',
];
/**
 * Includes campaigns without messages (their counts are 0) and campaigns that only messages mention. The sides of each `=` are in the
 * order of COALESCE: only then does PostgreSQL apply a filter on the key to both sides of the join, instead of reading all campaigns.
 */
const CAMPAIGN = `(
  SELECT coalesce(scorecard.campaign_id, campaign.id) AS campaign_id,
         coalesce(scorecard.campaign_type, campaign.campaign_type) AS campaign_type,
         campaign.id IS NOT NULL AS is_known, campaign.topic, campaign.channel AS campaign_channel, campaign.total_count,
         coalesce(sent_of_total, round(0::numeric / nullif(campaign.total_count, 0), 6)) AS sent_of_total,
         ${scorecard.columns
           .filter(({ name }) => !ofTable.includes(name))
           .map(({ name, type }) =>
             type === 'bigint' ? `coalesce(scorecard.${name}, 0) AS ${name}` : `scorecard.${name}`,
           )
           .join(', ')},
         ${details.map(({ name }) => `campaign.${name}`).join(', ')}
  FROM mart.campaign_scorecard AS scorecard
  FULL JOIN public.campaigns AS campaign
    ON scorecard.campaign_id = campaign.id AND scorecard.campaign_type = campaign.campaign_type
)`;

export const campaignResources: readonly Resource[] = [
  scorecard,
  martResource('campaign_daily', {
    path: 'campaigns/daily',
    summary: 'Volume and rates of campaigns by day and channel',
    parameters: [...days('date', 'date', 'of sending'), byType('campaign_type'), byCampaign, byChannel, byTopic],
    key: ['date', 'campaign_id', 'campaign_type', 'channel'],
    nullable: ['date', 'campaign_id'],
  }),
  martResource('top_campaigns', {
    path: 'campaigns/top',
    summary: 'The best or worst campaigns by one rate',
    parameters: [
      argument(
        'by_rate',
        oneOf(Object.keys(RANKED_RATES)),
        'Rate to rank by; default open_rate',
        'by_rate',
        'click_rate',
      ),
      argument(
        'least_sent',
        integer(0, 1_000_000_000),
        "Minimum number of messages in the rate's denominator (sent, delivered or opened); default 1000",
      ),
      argument('most', integer(1, 1000), 'Maximum number of campaigns; default 20'),
      argument('worst_first', BOOLEAN, 'Whether to return the worst campaigns instead of the best; default false'),
      ...sentBetween,
    ],
    columns: campaignScorecard.columns,
    key: ['campaign_id', 'campaign_type'],
    order: ({ by_rate = 'open_rate', worst_first }) => {
      const { of, lowIsBest } = RANKED_RATES[by_rate]!;
      return [lowIsBest === (worst_first === 'true') ? `-${by_rate}` : by_rate, `-${of}`];
    },
  }),
  ownResource({
    path: 'campaigns/details',
    summary: 'Scorecards and properties of campaigns, also of those without messages',
    description:
      'The scorecards of all campaigns and their columns of the table campaigns. Without messages the counts of a campaign are 0.',
    from: { relation: CAMPAIGN },
    columns: [...scorecard.columns, ...details],
    parameters: [byType('campaign_type'), byTopic, byText, byCampaign, leastSent],
    key: ['campaign_id', 'campaign_type'],
    needsToken: false,
  }),
  ownResource({
    path: 'campaigns/:type/:id',
    kind: 'item',
    summary: 'One campaign: its scorecard and properties',
    description:
      'The scorecard of a campaign and its columns of the table campaigns. Without messages its counts are 0.',
    from: { relation: CAMPAIGN },
    columns: [
      ...scorecard.columns.map((column) => ({ ...column, nullable: column.nullable && column.name !== 'campaign_id' })),
      ...details,
    ],
    parameters: ofCampaign,
    key: ['campaign_id', 'campaign_type'],
    needsToken: false,
  }),
  martResource('campaign_audience', {
    path: 'campaigns/:type/:id/audience',
    kind: 'item',
    summary: 'Number of distinct clients that a campaign reached',
    parameters: ofCampaign,
    key: ['campaign_id', 'campaign_type'],
    isSlow: true,
  }),
  martResource('campaign_place', {
    path: 'campaigns/:type/:id/place',
    summary: 'Rank of a campaign among campaigns of its type and channel, by rate',
    parameters: [
      ...passedCampaign,
      argument(
        'least_sent',
        integer(0, 1_000_000_000),
        "Minimum number of messages in the rate's denominator (sent, delivered or opened), for a rank and to be a peer; default 1000",
      ),
    ],
    columns: CAMPAIGN_PLACE_COLUMNS,
    key: ['rate_name'],
  }),
  martResource('subject_features', {
    path: 'subjects',
    summary: 'Subject line features that go with more opens',
    parameters: [
      byType('campaign_type'),
      equals('feature', { description: 'Feature of the subject line', example: 'emoji' }),
      equals('value', { description: 'true or false; for length a range of characters', example: 'true' }),
    ],
    key: ['campaign_type', 'feature', 'value'],
  }),
  martResource('experiment_effect', {
    path: 'experiments',
    summary: 'A/B tests and warm-ups compared with other campaigns',
    parameters: [
      byType('campaign_type'),
      equals('experiment', {
        kind: oneOf(['A/B test', 'warm-up', 'A/B test and warm-up', 'none']),
        description: 'Kind of experiment',
      }),
    ],
    key: ['campaign_type', 'experiment'],
  }),
  martResource('trigger_sequence', {
    path: 'triggers',
    summary: 'Rates by position in a series of triggers',
    parameters: [byTopic, equals('position', { kind: integer(0, 1_000_000), description: 'Position in the series' })],
    key: ['topic', 'position'],
    nullable: ['topic', 'position'],
  }),
];

import { MAX_ATTRIBUTION_DAYS } from '#schema/mart/views/attribution.js';
import { SLOW_CHECKS } from '#schema/mart/views/data-quality.js';
import { boundedDescriptions } from '#schema/mart/measures.js';
import { channelOr, messageTypeOr, DAY, integer, oneOf } from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { argument, byType, days, equals, isTrue } from '../parameters/resource-parameters.js';
import type { Resource } from './resource.js';

const SLOW_CHECK_LIST = SLOW_CHECKS.map((check) => `'${check}'`).join(', ');

/** Clients, freshness and data quality. Most of these read the rows of messages. */
export const clientResources: readonly Resource[] = [
  martResource('fatigue', {
    path: 'fatigue',
    summary: 'Rates by the number of messages the client received before',
    parameters: [
      argument('from', DAY, 'First day of sending (UTC)', 'first_day', '2021-04-30'),
      argument('to', DAY, 'Last day of sending (UTC), inclusive', 'last_day', '2021-06-30'),
    ],
    columns: {
      days: 'Look-back window: 1, 7 or 30 days',
      received: 'Messages that the client received in the window, as a range',
    },
    key: ['days', 'received'],
    // Numerically: as text '16-31' sorts before '2'.
    sortedBy: { received: { sql: `substring(received FROM '^[0-9]+')::integer`, type: 'integer' } },
    isSlow: true,
  }),
  martResource('client_segments', {
    path: 'segments',
    summary: 'Clients of each channel by their strongest reaction',
    parameters: [
      equals('channel', {
        kind: channelOr('all'),
        description: 'Channel of the messages; `all` selects the rows of all channels together',
        example: 'all',
      }),
      equals('segment', {
        kind: oneOf(['buyer', 'clicker', 'opener', 'unreachable', 'silent']),
        description: 'Segment of clients',
      }),
      isTrue('is_unsubscribed', 'Whether the clients unsubscribed from the channel'),
    ],
    key: ['channel', 'segment', 'is_unsubscribed'],
    order: ['channel', '-clients'],
    isSlow: true,
  }),
  martResource('first_purchase_cohorts', {
    path: 'cohorts',
    summary: 'Clients by the month of their first purchase, before and after it',
    parameters: [
      ...days('cohort', 'cohort', 'of cohorts; a cohort is the first day of a month'),
      equals('phase', {
        kind: oneOf(['up to first purchase', 'after first purchase', 'no purchase known', 'unknown']),
        description: 'When the messages were sent',
      }),
    ],
    key: ['cohort', 'phase'],
    nullable: ['cohort'],
    isSlow: true,
  }),
  martResource('new_and_existing_clients', {
    path: 'new-and-existing',
    summary: 'New compared with existing clients',
    parameters: [
      equals('client', {
        kind: oneOf(['existing', 'buys later', 'no purchase known', 'unknown']),
        description: 'Status of the client at the time of sending',
      }),
      byType('message_type'),
    ],
    key: ['client', 'message_type'],
    isSlow: true,
  }),
  martResource('data_span', {
    path: 'span',
    kind: 'item',
    summary: 'First and last day of the data, without stray dates',
    key: ['first_date'],
  }),
  martResource('attribution', {
    path: 'attribution',
    summary: 'Purchases credited to the first or last message before them',
    parameters: [
      argument(
        'days',
        integer(1, MAX_ATTRIBUTION_DAYS),
        'Days (24 h each) from a message to the purchases credited to it; default 7',
      ),
      argument('touch', oneOf(['first', 'last']), 'Which message gets the credit; default last'),
      equals('type', {
        kind: messageTypeOr('unattributed'),
        column: 'campaign_type',
        description: 'Kind of campaign; `unattributed` selects purchases that no message got credit for',
      }),
      equals('channel', {
        kind: channelOr('unattributed'),
        description: 'Channel of the message; `unattributed` selects purchases that no message got credit for',
      }),
    ],
    columns: {
      campaign_id: 'Campaign; null for messages without one',
      campaign_type: "Kind of campaign; 'unattributed' in the row of purchases that no message got credit for",
      channel: "Channel of the message; 'unattributed' in the row of purchases that no message got credit for",
      is_mature:
        'Whether at least 99 % of the dated messages were sent so many days or more before the data ends; null without ' +
        'dated messages',
      messages_credited: 'Messages credited with at least one purchase',
      purchases_credited: "Purchases credited to the messages; in the row 'unattributed' those credited to none",
      purchased: 'Messages that the source linked to a purchase; it links one purchase to several messages',
      ...boundedDescriptions('credited_rate', 'Share from 0 to 1: messages_credited / sent; null if sent is 0'),
    },
    key: ['campaign_id', 'campaign_type', 'channel'],
    nullable: ['campaign_id'],
    order: ['-purchases_credited', '-sent'],
    isSlow: true,
  }),
  martResource('freshness', {
    path: 'freshness',
    kind: 'item',
    summary: 'Freshness and size of the mart',
    key: ['messages'],
  }),
  martResource('data_quality', {
    path: 'quality',
    summary: 'Data quality: one row per finding of a check',
    parameters: [
      {
        name: 'check',
        in: 'query',
        kind: oneOf([
          'null',
          'orphan',
          'negative lag',
          'contradiction',
          'undelivered',
          'implausible date',
          ...SLOW_CHECKS,
          'doubtful holiday',
          'unused holiday correction',
          'year without holidays',
          'quarantine',
          'freshness',
        ]),
        description: `Only this check. ${SLOW_CHECK_LIST} read all rows and run only on request`,
        example: 'orphan',
        use: { where: (value) => `check_name = ${value}`, whereAbsent: `check_name NOT IN (${SLOW_CHECK_LIST})` },
      },
    ],
    key: ['check_name', 'detail'],
    isSlow: ({ check = '' }) => SLOW_CHECKS.includes(check),
  }),
];

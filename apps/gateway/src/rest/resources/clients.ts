import { DAY, oneOf } from '../parameters/value-kind.js';
import { martResource } from './define-resource.js';
import { argument, byType, days, equals } from './parameters.js';
import type { Resource } from './resource.js';

const DUPLICATES = 'duplicate message_id';

/** About clients, and about the data: most of these read the rows of messages. */
export const clientResources: readonly Resource[] = [
  martResource('fatigue', {
    path: 'fatigue',
    summary: 'Rates by the number of messages that the client received before',
    parameters: [
      argument('from', DAY, 'First day of sending (UTC)', 'first_day', '2021-04-30'),
      argument('to', DAY, 'Last day of sending (UTC), included', 'last_day', '2021-06-30'),
    ],
    columns: {
      days: 'How far is looked back: 1, 7 or 30 days',
      received: 'Messages that the client received in that time, as a range',
    },
    key: ['days', 'received'],
    // As numbers: '16-31' is less than '2' as a text.
    sortedBy: { received: { sql: `substring(received FROM '^[0-9]+')::integer`, type: 'integer' } },
    isSlow: true,
  }),
  martResource('client_segments', {
    path: 'segments',
    summary: 'Clients by the best that they did',
    parameters: [
      equals('segment', {
        kind: oneOf(['unsubscribed', 'buyer', 'clicker', 'opener', 'unreachable', 'silent']),
        description: 'Segment of clients',
      }),
    ],
    key: ['segment'],
    order: ['-clients'],
    isSlow: true,
  }),
  martResource('first_purchase_cohorts', {
    path: 'cohorts',
    summary: 'Clients by the month of their first purchase',
    parameters: days('cohort', 'cohort', 'of cohorts, which are first days of months'),
    key: ['cohort'],
    nullable: ['cohort'],
    isSlow: true,
  }),
  martResource('new_and_existing_clients', {
    path: 'new-and-existing',
    summary: 'New against existing clients',
    parameters: [
      equals('client', {
        kind: oneOf(['existing', 'new', 'unknown']),
        description: 'What the client was when it was sent',
      }),
      byType('message_type'),
    ],
    key: ['client', 'message_type'],
    isSlow: true,
  }),
  martResource('freshness', {
    path: 'freshness',
    kind: 'item',
    summary: 'How fresh the mart is, and how much is in it',
    key: ['messages'],
  }),
  martResource('data_quality', {
    path: 'quality',
    summary: 'The data-quality board: a row for each check',
    parameters: [
      {
        name: 'check',
        in: 'query',
        kind: oneOf(['null', 'orphan', 'negative lag', 'contradiction', DUPLICATES, 'quarantine', 'freshness']),
        description: `One check only. '${DUPLICATES}' reads all rows, so it is left out unless it is asked for`,
        example: 'orphan',
        use: { where: (value) => `check_name = ${value}`, whereAbsent: `check_name <> '${DUPLICATES}'` },
      },
    ],
    key: ['check_name', 'detail'],
    isSlow: ({ check }) => check === DUPLICATES,
  }),
];

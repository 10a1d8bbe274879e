import { contract, REASONS } from '#schema/contract.js';
import { QUARANTINE_ROLE } from '#schema/mart/grant-access.js';
import { SELECT_QUARANTINED } from '#schema/mart/views/quarantined-records.js';
import { QUARANTINE_STATES } from '#schema/quarantine-attempts.js';
import { SKIP_REASONS } from '#schema/skipped-records.js';
import { ID, integer, MESSAGE_ID, oneOf, TEXT } from '../parameters/value-kind.js';
import { contractColumns } from './contract-columns.js';
import { ownResource } from './define-resource.js';
import { days, equals } from '../parameters/resource-parameters.js';
import type { Column, Parameter, Resource } from './resource.js';

const column = (name: string, type: Column['type'], description: string, nullable = false): Column => ({
  name,
  type,
  description,
  nullable,
});

/** Schema of a text that is one of these names. The list of meanings is in the order of the enum, as generators of clients read it. */
function enumOf(meanings: Readonly<Record<string, string>>) {
  return {
    type: 'string',
    enum: Object.keys(meanings),
    description: Object.entries(meanings)
      .map(([name, meaning]) => `${name}: ${meaning}`)
      .join('; '),
    'x-enum-descriptions': Object.values(meanings),
  };
}

const QUARANTINE_COLUMNS: readonly Column[] = [
  column('topic', 'text', 'Kafka topic of the record'),
  column('partition', 'integer', 'Partition of the record'),
  column('offset', 'bigint', 'Offset of the record in the partition'),
  column('recorded_at', 'timestamptz', 'Timestamp of the record in Kafka; a recreated topic reuses offsets'),
  column('quarantined_at', 'timestamptz', 'Time at which the record was quarantined'),
  {
    ...column(
      'reasons',
      'jsonb',
      'Every reason and its column; the column is null if the reason concerns the whole record',
    ),
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: { column: { type: ['string', 'null'] }, reason: enumOf(REASONS) },
        required: ['column', 'reason'],
      },
    },
  },
  column('file', 'text', 'File of an unparsable line', true),
  column('line', 'text', 'Number of that line; the header is line 1', true),
  column('value_bytes', 'bigint', 'Size of the value; null if the record had none', true),
  { ...column('state', 'text', 'What became of the record'), schema: enumOf(QUARANTINE_STATES) },
  column('state_changed_at', 'timestamptz', 'Time at which the state last changed; null if it never did', true),
  column('failed_attempts', 'integer', 'How often the record was sent again and rejected'),
];

const KEY = ['topic', 'partition', 'offset', 'recorded_at'];

const RECORD_PARAMETERS = {
  topic: { kind: TEXT, description: 'Kafka topic', example: 'message_data' },
  partition: { kind: integer(0, 2_147_483_647), description: 'Partition', example: '0' },
  offset: { kind: integer(0, Number.MAX_SAFE_INTEGER), description: 'Offset', example: '42' },
};

/** Matches records that have a reason with this property. */
function anyReason(
  name: 'reason' | 'column',
  parameter: Pick<Parameter, 'kind' | 'description' | 'example'>,
): Parameter {
  const where = (value: string) =>
    `EXISTS (SELECT FROM jsonb_array_elements(reasons) AS each WHERE each ->> '${name}' = ${value})`;
  return { ...parameter, name, in: 'query', use: { where } };
}

const SKIPPED_COLUMNS: readonly Column[] = [
  column('consumer_group', 'text', 'Consumer group that skipped the records'),
  column('topic', 'text', 'Kafka topic'),
  column('topic_id', 'text', 'Id of the topic; a recreated topic has another id'),
  column('partition', 'integer', 'Partition'),
  column('from_offset', 'bigint', 'First offset of the range'),
  column('to_offset', 'bigint', 'Offset after the end of the range'),
  column('reason', 'text', 'Why the records were not read'),
  column('noticed_at', 'timestamptz', 'Time at which a consumer detected the range'),
  column('resolved_at', 'timestamptz', 'Time at which the range was read or marked as resolved', true),
];

/** Single records; the other resources are aggregates. */
export const recordResources: readonly Resource[] = [
  ownResource({
    path: 'quarantine',
    summary: 'Quarantined records, newest first',
    description:
      'Where the records came from and why they were rejected. For their content see /quarantine/{topic}/{partition}/{offset}.',
    from: { relation: 'mart.quarantined_records' },
    columns: QUARANTINE_COLUMNS,
    parameters: [
      anyReason('reason', {
        kind: oneOf(Object.keys(REASONS)),
        description: 'One of the reasons of the record',
        example: 'not_a_time',
      }),
      anyReason('column', { kind: TEXT, description: 'Column of one of the reasons', example: 'sent_at' }),
      ...days(
        `(quarantined_at AT TIME ZONE 'UTC')::date`,
        `(quarantined_at AT TIME ZONE 'UTC')::date`,
        'of quarantine',
      ),
      equals('topic', RECORD_PARAMETERS.topic),
      equals('partition', RECORD_PARAMETERS.partition),
      equals('state', {
        kind: oneOf(Object.keys(QUARANTINE_STATES)),
        description: 'What became of the record',
        example: 'open',
      }),
    ],
    key: KEY,
    order: ['-quarantined_at'],
    needsToken: false,
  }),
  ownResource({
    path: 'quarantine/:topic/:partition/:offset',
    kind: 'item',
    summary: 'One quarantined record with its original bytes',
    description: 'If the topic was recreated and several records share the offset, the newest is returned.',
    from: { relation: `(${SELECT_QUARANTINED}, headers, original, key, value FROM public.quarantined_messages)` },
    sqlRole: QUARANTINE_ROLE,
    columns: [
      ...QUARANTINE_COLUMNS,
      {
        ...column('headers', 'jsonb', 'All headers, as text'),
        schema: { type: 'object', additionalProperties: { type: 'string' } },
      },
      {
        ...column('original', 'jsonb', 'What recorded_at and headers cannot represent; usually null', true),
        schema: {
          type: 'object',
          properties: {
            timestamp: { type: 'string', description: 'Timestamp in Kafka, in ms since the epoch' },
            headers: {
              type: 'array',
              description: 'Name and value of every header, in base64',
              items: { type: 'array', items: { type: ['string', 'null'] }, minItems: 2, maxItems: 2 },
            },
            refused: { type: 'string', description: 'Why the database rejected key, value and headers' },
          },
        },
      },
      column('key', 'bytea', 'Key of the record', true),
      column('value', 'bytea', 'Value of the record', true),
    ],
    parameters: (['topic', 'partition', 'offset'] as const).map((name) =>
      equals(name, { ...RECORD_PARAMETERS[name], in: 'path' }),
    ),
    key: KEY,
    order: ['-recorded_at'],
    needsToken: true,
  }),
  ownResource({
    path: 'skipped-records',
    summary: 'Ranges of records that no consumer read, newest first',
    description:
      'Records that Kafka deleted before they were read, that were skipped because somebody moved the offsets, or that were lost with their topic.',
    from: { relation: 'public.skipped_records' },
    columns: SKIPPED_COLUMNS,
    parameters: [
      equals('topic', RECORD_PARAMETERS.topic),
      equals('partition', RECORD_PARAMETERS.partition),
      equals('reason', {
        kind: oneOf(Object.keys(SKIP_REASONS)),
        description: 'Why the records were not read',
        example: 'deleted',
      }),
    ],
    key: ['consumer_group', 'topic', 'topic_id', 'partition', 'from_offset'],
    order: ['-noticed_at'],
    needsToken: false,
  }),
  ownResource({
    path: 'messages',
    summary: 'Messages with a message_id, or of a client, newest first',
    description:
      'Requires exactly one of message_id and client_id. Neither has an index, because one would slow every writer, so a request reads ' +
      'all rows: seconds for ten million. See docs/performance.md for the time on larger marts and for indexes that you can add.',
    from: { relation: 'public.messages' },
    columns: contractColumns(contract),
    parameters: [
      {
        ...{ name: 'message_id', in: 'query', kind: MESSAGE_ID, column: 'message_id' },
        description: 'Id of the message in the source system, exactly as stored',
        example: '9c8a6ae8-7a3b-4b0d-b0f3-2d7a5f0a1c11',
        use: { where: (value) => `message_id = ${value}` },
      },
      equals('client_id', { kind: ID, description: 'Client the message was sent to', example: '1515915625468169594' }),
    ],
    oneOf: ['message_id', 'client_id'],
    key: ['id'],
    order: ['-sent_at'],
    isSlow: true,
    needsToken: true,
  }),
  ownResource({
    path: 'messages/:id',
    kind: 'item',
    summary: 'One message',
    description: contract.description,
    from: { relation: 'public.messages' },
    columns: contractColumns(contract),
    parameters: [equals('id', { in: 'path', kind: ID, description: 'Id of the message', example: '4317' })],
    key: ['id'],
    needsToken: true,
  }),
  ownResource({
    path: 'messages/:id/quarantine',
    summary: 'Quarantined records of a message, newest first',
    description:
      'Records whose Kafka key is the id, as the producer sets it. Not found are lines that could not be parsed, which have no key, ' +
      'records with an id written differently, such as 12.0, and records of producers with other keys.',
    from: { relation: `(${SELECT_QUARANTINED}, key FROM public.quarantined_messages)` },
    sqlRole: QUARANTINE_ROLE,
    columns: QUARANTINE_COLUMNS,
    parameters: [
      {
        ...{ name: 'id', in: 'path', kind: ID, description: 'Id of the message', example: '4317' },
        use: { where: (value) => `key = convert_to(${value}::text, 'UTF8')` },
      },
    ],
    key: KEY,
    order: ['-quarantined_at'],
    canBeEmpty: true,
    needsToken: true,
  }),
];

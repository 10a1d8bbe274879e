import { contract, REASONS } from '#schema/contract.js';
import { SKIP_REASONS } from '#schema/skipped-records.js';
import { ID, integer, oneOf, TEXT } from '../parameters/value-kind.js';
import { contractColumns } from './contract-columns.js';
import { ownResource } from './define-resource.js';
import { days, equals } from './parameters.js';
import type { Column, Parameter, Resource } from './resource.js';

const { fileHeader, lineHeader } = contract.record;

const column = (name: string, type: Column['type'], description: string, nullable = false): Column => ({
  name,
  type,
  description,
  nullable,
});

const REASON = {
  type: 'string',
  enum: Object.keys(REASONS),
  description: Object.entries(REASONS)
    .map(([reason, meaning]) => `${reason}: ${meaning}`)
    .join('; '),
};

const QUARANTINE_COLUMNS: readonly Column[] = [
  column('topic', 'text', 'Kafka topic of the record'),
  column('partition', 'integer', 'Its partition'),
  column('offset', 'bigint', 'Its offset in the partition'),
  column('recorded_at', 'timestamptz', 'Its time in Kafka; a topic made anew counts its offsets from 0 again'),
  column('quarantined_at', 'timestamptz', 'When it was put into quarantine'),
  {
    ...column('reasons', 'jsonb', 'Every reason with the column that it names; null for the record as a whole'),
    schema: {
      type: 'array',
      items: {
        type: 'object',
        properties: { column: { type: ['string', 'null'] }, reason: REASON },
        required: ['column', 'reason'],
      },
    },
  },
  column('file', 'text', 'File of a line that could not be parsed', true),
  column('line', 'text', 'Number of that line, the header being 1', true),
  column('value_bytes', 'bigint', 'Size of its value; null where it had none', true),
];

/** Whoever writes to the topic chooses the headers, so only those that the pipeline itself sets are shown without a token. */
const QUARANTINE = `
  SELECT topic, partition, "offset", recorded_at, quarantined_at, reasons, headers ->> '${fileHeader}' AS file,
         headers ->> '${lineHeader}' AS line, octet_length(value)::bigint AS value_bytes`;

const KEY = ['topic', 'partition', 'offset', 'recorded_at'];

const place = {
  topic: { kind: TEXT, description: 'Kafka topic', example: 'message_data' },
  partition: { kind: integer(0, 2_147_483_647), description: 'Partition', example: '0' },
  offset: { kind: integer(0, Number.MAX_SAFE_INTEGER), description: 'Offset', example: '42' },
};

/** An element of the reasons with this property. */
function anyReason(
  name: 'reason' | 'column',
  parameter: Pick<Parameter, 'kind' | 'description' | 'example'>,
): Parameter {
  const where = (value: string) =>
    `EXISTS (SELECT FROM jsonb_array_elements(reasons) AS each WHERE each ->> '${name}' = ${value})`;
  return { ...parameter, name, in: 'query', use: { where } };
}

const SKIPPED_COLUMNS: readonly Column[] = [
  column('consumer_group', 'text', 'Consumer group that skipped them'),
  column('topic', 'text', 'Kafka topic'),
  column('topic_id', 'text', 'Id of the topic; a topic that is created again has another one'),
  column('partition', 'integer', 'Partition'),
  column('from_offset', 'bigint', 'First offset of the range'),
  column('to_offset', 'bigint', 'Offset after the last one of the range'),
  column('reason', 'text', 'Why nobody read them'),
  column('noticed_at', 'timestamptz', 'When a consumer noticed'),
  column('resolved_at', 'timestamptz', 'When the range was read after all, or somebody settled it', true),
];

/** Single records, where the others are figures. */
export const recordResources: readonly Resource[] = [
  ownResource({
    path: 'quarantine',
    summary: 'Records that could not be cleaned, the newest first',
    description:
      'Where they came from and every reason why. What they held is at /quarantine/{topic}/{partition}/{offset}.',
    from: { relation: `(${QUARANTINE} FROM public.quarantined_messages)` },
    columns: QUARANTINE_COLUMNS,
    parameters: [
      anyReason('reason', {
        kind: oneOf(Object.keys(REASONS)),
        description: 'A reason, perhaps one of several',
        example: 'not_a_time',
      }),
      anyReason('column', { kind: TEXT, description: 'A column that a reason names', example: 'sent_at' }),
      ...days(
        `(quarantined_at AT TIME ZONE 'UTC')::date`,
        `(quarantined_at AT TIME ZONE 'UTC')::date`,
        'on which they were quarantined',
      ),
      equals('topic', place.topic),
      equals('partition', place.partition),
    ],
    key: KEY,
    order: ['-quarantined_at'],
    needsToken: false,
  }),
  ownResource({
    path: 'quarantine/:topic/:partition/:offset',
    kind: 'item',
    summary: 'One record in quarantine with its original bytes',
    description: 'Of several with the same place, as a topic made anew gives them, the newest.',
    from: { relation: `(${QUARANTINE}, headers, original, key, value FROM public.quarantined_messages)` },
    columns: [
      ...QUARANTINE_COLUMNS,
      {
        ...column('headers', 'jsonb', 'All its headers, as text'),
        schema: { type: 'object', additionalProperties: { type: 'string' } },
      },
      {
        ...column('original', 'jsonb', 'What recorded_at and headers cannot hold of it; null for most', true),
        schema: {
          type: 'object',
          properties: {
            timestamp: { type: 'string', description: 'Its time in Kafka, in ms since the epoch' },
            headers: {
              type: 'array',
              description: 'Name and value of every header, in base64',
              items: { type: 'array', items: { type: ['string', 'null'] }, minItems: 2, maxItems: 2 },
            },
            refused: { type: 'string', description: 'Why the database refused its key, value and headers' },
          },
        },
      },
      column('key', 'bytea', 'Its key', true),
      column('value', 'bytea', 'Its value', true),
    ],
    parameters: (['topic', 'partition', 'offset'] as const).map((name) => equals(name, { ...place[name], in: 'path' })),
    key: KEY,
    order: ['-recorded_at'],
    needsToken: true,
  }),
  ownResource({
    path: 'skipped-records',
    summary: 'Ranges of records that no consumer read, the newest first',
    description:
      'Records that Kafka deleted before they were read, that offsets set by somebody else jumped, or that went with their topic.',
    from: { relation: 'public.skipped_records' },
    columns: SKIPPED_COLUMNS,
    parameters: [
      equals('topic', place.topic),
      equals('partition', place.partition),
      equals('reason', { kind: oneOf(Object.keys(SKIP_REASONS)), description: 'Why', example: 'deleted' }),
    ],
    key: ['consumer_group', 'topic', 'topic_id', 'partition', 'from_offset'],
    order: ['-noticed_at'],
    needsToken: false,
  }),
  ownResource({
    path: 'messages/:id',
    kind: 'item',
    summary: 'One message',
    description: contract.description,
    from: { relation: 'public.messages' },
    columns: contractColumns(contract),
    parameters: [equals('id', { in: 'path', kind: ID, description: 'Number of the message', example: '4317' })],
    key: ['id'],
    needsToken: true,
  }),
];

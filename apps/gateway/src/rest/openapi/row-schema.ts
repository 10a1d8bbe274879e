import { partsOf } from '#schema/mart/measures.js';
import type { Schema } from '../../openapi/openapi-fragment.js';
import { CAMPAIGN_ID_IN_JSON, CHANNEL, MESSAGE_TYPE } from '../parameters/value-kind.js';
import type { Column, ColumnType, Resource } from '../resources/resource.js';

const SCHEMAS: Readonly<Record<ColumnType, Schema>> = {
  bigint: { type: 'integer' },
  integer: { type: 'integer', format: 'int32' },
  smallint: { type: 'integer', format: 'int32' },
  numeric: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date' },
  timestamptz: { type: 'string', format: 'date-time' },
  text: { type: 'string' },
  id: { type: 'string', pattern: '^-?\\d{1,19}$' },
  campaign_id: CAMPAIGN_ID_IN_JSON,
  jsonb: {},
  bytea: {
    type: 'object',
    properties: {
      base64: { type: 'string', contentEncoding: 'base64' },
      text: { type: ['string', 'null'], description: 'Null if the bytes are not valid UTF-8' },
    },
    required: ['base64', 'text'],
    additionalProperties: false,
  },
};

/** Columns with a closed set of values, in any resource. */
const CLOSED: Readonly<Record<string, Schema>> = {
  channel: CHANNEL.schema,
  message_type: MESSAGE_TYPE.schema,
  campaign_type: MESSAGE_TYPE.schema,
};

/** The schema of one row of a resource. Rows of a list may lack columns: see its parameter `columns`. */
export function rowSchema(resource: Resource): Schema {
  const { kind, columns, summary } = resource;
  return {
    type: 'object',
    description: summary,
    properties: Object.fromEntries(columns.map((column) => [column.name, columnSchema(resource, column)])),
    ...(kind === 'item' ? { required: columns.map(({ name }) => name) } : { minProperties: 1 }),
    additionalProperties: false,
  };
}

function columnSchema(resource: Resource, { name, type, description, nullable, schema }: Column): Schema {
  const filter = resource.parameters.find(({ column, kind }) => column === name && 'enum' in kind.schema);
  const base: Schema = schema ?? filter?.kind.schema ?? CLOSED[name] ?? SCHEMAS[type];
  const described = { description, ...rateOf(resource, name) };
  if (!nullable) return { ...base, ...described };
  const orNull = 'enum' in base ? { enum: [...(base.enum as unknown[]), null] } : {};
  return { ...base, type: [base.type, 'null'].flat(), ...orNull, ...described };
}

/** The columns that a rate divides, as an extension: a page can show them beside the rate. */
function rateOf({ columns }: Resource, name: string): Schema {
  const parts = partsOf(
    name,
    columns.map((column) => column.name),
  );
  return parts === undefined ? {} : { 'x-rate': { numerator: parts[0], denominator: parts[1] } };
}

/** A plausible row: the counts and rates of a thousand messages. */
export function exampleRow(resource: Resource): Readonly<Record<string, unknown>> {
  return Object.fromEntries(resource.columns.map((column) => [column.name, exampleOf(resource, column)]));
}

const EXAMPLES: Readonly<Record<string, unknown>> = {
  sent: 1000,
  delivered: 980,
  opened: 250,
  clicked: 40,
  opened_and_clicked: 30,
  unsubscribed: 2,
  bounced: 15,
  complained: 1,
  blocked: 5,
  purchased: 4,
  open_rate: 0.25,
  click_rate: 0.04,
  click_to_open_rate: 0.12,
  unsubscribe_rate: 0.002,
  bounce_rate: 0.015,
  complaint_rate: 0.001,
  purchase_rate: 0.004,
  topic: 'sale out',
  client_id: '1515915625468169594',
  reasons: [{ column: 'sent_at', reason: 'not_a_time' }],
  headers: {},
  group_a: { channel: 'mobile_push', topic: 'sale out' },
  group_b: { channel: 'mobile_push', topic: 'leave review' },
};

const EXAMPLES_OF_TYPES: Readonly<Record<ColumnType, unknown>> = {
  bigint: 12,
  integer: 7,
  smallint: 7,
  numeric: 0.5,
  boolean: true,
  date: '2021-04-30',
  timestamptz: '2021-04-30T07:28:15Z',
  text: 'text',
  id: '4317',
  campaign_id: 12,
  jsonb: {},
  bytea: { base64: 'bm90IEpTT04=', text: 'not JSON' },
};

function exampleOf(resource: Resource, column: Column): unknown {
  const { enum: values } = columnSchema(resource, column);
  if (Array.isArray(values)) return values[0] as unknown;
  return EXAMPLES[column.name] ?? EXAMPLES_OF_TYPES[column.type];
}

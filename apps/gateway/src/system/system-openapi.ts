import type { OpenApiPart, ResponseObject, Schema } from '../openapi/openapi-part.js';
import { PART_NAMES, type PartName } from './part.js';

const time: Schema = { type: 'string', format: 'date-time' };

/** What each part says beside its status; absent while it does not answer. */
const FIGURES: Readonly<Record<PartName, string>> = {
  kafka: 'brokers, controller, topic, partitions with leader, replicas and offsets, under_replicated, produced',
  consumer_group: 'group, state, members, consumed, lag, seconds_behind, and the last two by partition',
  producer: 'records, records_per_second, rows, done, files',
  postgresql: 'version, size_bytes, connections, connections_limit, pending_migrations, mart_is_current',
  mart: 'rows, changed_at, quarantined, rates of both, ledger_pending, ledger_pending_seconds',
  spark: 'master with workers and applications, job with its last batch and lag',
};

const partSchema = (name: PartName): Schema => ({
  type: 'object',
  description: `Figures: ${FIGURES[name]}`,
  properties: {
    status: { type: 'string', enum: ['up', 'degraded', 'down'] },
    absent: { const: true, description: 'There is none, and none is missed' },
    since: { ...time, description: 'When the status became what it is' },
    answered_at: { ...time, description: 'When the part last answered' },
    message: { type: 'string', description: 'What is wrong, or worth knowing' },
    action: { type: 'string', description: 'What to do' },
  },
  required: ['status', 'since'],
});

const SystemHealth: Schema = {
  type: 'object',
  description: 'As @nestjs/terminus answers; info, error and details hold the same parts',
  properties: {
    status: { type: 'string', enum: ['ok', 'degraded', 'error'] },
    info: { type: 'object', description: 'Parts that are up or degraded' },
    error: { type: 'object', description: 'Parts that are down' },
    details: {
      type: 'object',
      properties: Object.fromEntries(PART_NAMES.map((name) => [name, partSchema(name)])),
      required: PART_NAMES,
      additionalProperties: false,
    },
  },
  required: ['status', 'info', 'error', 'details'],
};

function response(description: string): ResponseObject {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/SystemHealth' } } } };
}

export const systemPart: OpenApiPart = {
  tags: [],
  paths: {
    '/health': {
      get: {
        ...{ operationId: 'getHealth', tags: ['probes'], summary: 'The whole pipeline, part by part' },
        description:
          'Known already when it is asked for, so that no part can slow it. docs/operations.md says what each status means.',
        responses: { 200: response('No part is down'), 503: response('A part is down') },
      },
    },
  },
  schemas: { SystemHealth },
};

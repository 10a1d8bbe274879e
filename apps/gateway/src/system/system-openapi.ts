import type { OpenApiFragment, ResponseObject, Schema } from '../openapi/openapi-fragment.js';
import { COMPONENT_NAMES, type ComponentName } from './component.js';

const TIME: Schema = { type: 'string', format: 'date-time' };

/** Details of each component; absent while it does not respond. */
const DETAILS: Readonly<Record<ComponentName, string>> = {
  kafka: 'brokers, controller, topic, partitions with leader, replicas and offsets, under_replicated, produced',
  consumer_group: 'group, state, members, consumed, lag, seconds_behind, and the last two by partition',
  producer: 'records, records_per_second, rows, done, files, files_done, files_open, current',
  postgresql:
    'version, size_bytes, connections, connections_limit, is_standby, ledger_deltas_bytes, oldest_snapshot_seconds, oldest_snapshot_holder, pending_migrations, mart_is_current',
  mart: 'rows, changed_at, newest_sent_at, quarantined, rates of both, ledger_pending, ledger_pending_seconds, latency, rejections',
  read_server: 'version, is_standby, delay_seconds, delay_bytes, replayed_at; absent without MART_READ_URL',
  spark: 'master with workers and applications, job with its last batch and lag',
};

const componentSchema = (name: ComponentName): Schema => ({
  type: 'object',
  description: `Details: ${DETAILS[name]}`,
  properties: {
    status: { type: 'string', enum: ['up', 'degraded', 'down'] },
    absent: { type: 'boolean', enum: [true], description: 'Not running, and not expected to' },
    since: { ...TIME, description: 'When the status last changed' },
    answered_at: { ...TIME, description: 'Time of the last response' },
    message: { type: 'string', description: 'What is wrong, or worth knowing' },
    action: { type: 'string', description: 'What to do about it' },
    runbook: { type: 'string', description: 'Section of docs/runbook.md that says more' },
  },
  required: ['status', 'since'],
});

const SystemHealth: Schema = {
  type: 'object',
  description:
    'The format of @nestjs/terminus: `details` holds all components, `info` and `error` those with these statuses',
  properties: {
    status: { type: 'string', enum: ['ok', 'degraded', 'error'] },
    info: { type: 'object', description: 'Components that are up or degraded' },
    error: { type: 'object', description: 'Components that are down' },
    details: {
      type: 'object',
      properties: Object.fromEntries(COMPONENT_NAMES.map((name) => [name, componentSchema(name)])),
      required: COMPONENT_NAMES,
      additionalProperties: false,
    },
  },
  required: ['status', 'info', 'error', 'details'],
};

function response(description: string): ResponseObject {
  return { description, content: { 'application/json': { schema: { $ref: '#/components/schemas/SystemHealth' } } } };
}

export const systemFragment: OpenApiFragment = {
  tags: [],
  paths: {
    '/health': {
      get: {
        ...{ operationId: 'getHealth', tags: ['probes'], summary: 'Health of the whole pipeline, by component' },
        description:
          'Components are probed in the background, so the answer is immediate. docs/operations.md describes each status.',
        responses: { 200: response('No component is down'), 503: response('A component is down') },
      },
    },
  },
  schemas: { SystemHealth },
};

import type { OpenApiFragment, Schema } from '../openapi/openapi-fragment.js';
import { problemResponses } from '../openapi/problem-responses.js';
import { COMPONENT_NAMES, COMPONENT_STATUSES } from '../system/component.js';

const TAG = 'pipeline';

const count = (description: string): Schema => ({ type: ['integer', 'null'], description });
const seconds = (description: string): Schema => ({ type: ['number', 'null'], description });

const object = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const stage = (description: string): Schema =>
  object(
    { count: count('Since the topic or the mart was created'), per_second: seconds('Mean of the last ten seconds') },
    description,
  );

const PipelineState: Schema = object(
  {
    at: { type: 'string', format: 'date-time' },
    topic: { type: 'string' },
    stages: object({
      produced: stage('Offsets of the topic: records ever written, and transaction markers'),
      consumed: stage('Records that the engine has processed'),
      stored: stage('Rows in the mart'),
      quarantined: stage('Records in quarantine'),
    }),
    lag: object({
      records: count('Records that are not processed yet'),
      seconds: seconds('Age of the oldest record that is not processed yet'),
      partitions: {
        type: 'array',
        items: object({
          partition: { type: 'integer' },
          records: { type: 'integer' },
          seconds: seconds('Age of the oldest record that is not processed yet'),
        }),
      },
    }),
    producer: object({
      done: { type: ['boolean', 'null'], description: 'Whether all files that were started are done' },
      files: count('Files that were started'),
      rows: count('Rows of these files that are in the topic'),
    }),
    mart: object({
      changed_at: { type: ['string', 'null'], format: 'date-time', description: 'Time of the last change of messages' },
      ledger_pending: count('Deltas of the ledger that are not folded yet'),
    }),
    parts: object(
      Object.fromEntries(COMPONENT_NAMES.map((name) => [name, { type: 'string', enum: COMPONENT_STATUSES }])),
      'Status of each component; see /health for more',
    ),
  },
  'A value is null while the component that provides it does not respond',
);

export const pipelineFragment: OpenApiFragment = {
  tags: [{ name: TAG, description: 'The current state of the pipeline' }],
  paths: {
    '/api/v1/pipeline': {
      get: {
        ...{ operationId: 'getPipeline', tags: [TAG], summary: 'Counts, rates and lag of each stage' },
        responses: {
          200: {
            description: 'The state, at most a second old',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/PipelineState' } } },
          },
          ...problemResponses(['uri-too-long', 'too-many-requests', 'internal-error']),
        },
      },
    },
    '/api/v1/pipeline/events': {
      get: {
        ...{ operationId: 'getPipelineEvents', tags: [TAG], summary: 'The state once a second, as server-sent events' },
        description: 'Events of type `pipeline`; their data is a PipelineState. The first is sent at once.',
        responses: {
          200: {
            description: 'A stream that ends when the gateway stops',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...problemResponses(['uri-too-long', 'too-many-requests', 'internal-error', 'too-many-streams']),
        },
      },
    },
  },
  schemas: { PipelineState },
};

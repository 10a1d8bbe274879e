import type { OpenApiPart, Schema } from '../openapi/openapi-part.js';
import { problemResponses } from '../openapi/problem-responses.js';
import { PART_NAMES, PART_STATUSES } from '../system/part.js';

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
    { count: count('Since the topic, or the mart, was made'), per_second: seconds('Over the last ten seconds') },
    description,
  );

const PipelineState: Schema = object(
  {
    at: { type: 'string', format: 'date-time' },
    topic: { type: 'string' },
    stages: object({
      produced: stage('Offsets of the topic: records ever written, and markers that end transactions'),
      consumed: stage('Records that the engine has dealt with'),
      stored: stage('Rows of the mart'),
      quarantined: stage('Records in quarantine'),
    }),
    lag: object({
      records: count('Records that wait'),
      seconds: seconds('Age of the oldest of them'),
      partitions: {
        type: 'array',
        items: object({
          partition: { type: 'integer' },
          records: { type: 'integer' },
          seconds: seconds('Age of the oldest record that waits'),
        }),
      },
    }),
    producer: object({
      done: { type: ['boolean', 'null'], description: 'Whether all files that were begun are done' },
      files: count('Files that were begun'),
      rows: count('Rows of them that are in the topic'),
    }),
    mart: object({
      changed_at: { type: ['string', 'null'], format: 'date-time', description: 'When messages last changed' },
      ledger_pending: count('Rows of the ledger that are not folded'),
    }),
    parts: object(
      Object.fromEntries(PART_NAMES.map((name) => [name, { type: 'string', enum: PART_STATUSES }])),
      'Status of each part; /health says more',
    ),
  },
  'What is not known, because the part that knows it does not answer, is null',
);

export const pipelinePart: OpenApiPart = {
  tags: [{ name: TAG, description: 'The pipeline at this moment' }],
  paths: {
    '/api/v1/pipeline': {
      get: {
        ...{ operationId: 'getPipeline', tags: [TAG], summary: 'Counts, rates and lag of the stages' },
        responses: {
          200: {
            description: 'As it was at most a second ago',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/PipelineState' } } },
          },
          ...problemResponses(['uri-too-long', 'too-many-requests', 'internal-error']),
        },
      },
    },
    '/api/v1/pipeline/events': {
      get: {
        ...{ operationId: 'getPipelineEvents', tags: [TAG], summary: 'The same once a second, as server-sent events' },
        description: 'Events of the type `pipeline`, whose data is a PipelineState. The first comes at once.',
        responses: {
          200: {
            description: 'A stream that ends when the gateway is shut down',
            content: { 'text/event-stream': { schema: { type: 'string' } } },
          },
          ...problemResponses(['uri-too-long', 'too-many-requests', 'internal-error', 'too-many-streams']),
        },
      },
    },
  },
  schemas: { PipelineState },
};

import type { OpenApiFragment, Schema } from '../openapi/openapi-fragment.js';
import { problemResponses } from '../openapi/problem-responses.js';
import { COMPONENT_NAMES, COMPONENT_STATUSES } from '../system/component.js';
import { VERDICTS } from './accounts.js';
import { NO_LATENCY } from './pipeline-state.js';

const TAG = 'pipeline';

const STATUS: Schema = { type: 'string', enum: COMPONENT_STATUSES };

const text = (description: string): Schema => ({ type: ['string', 'null'], description });
const count = (description: string): Schema => ({ type: ['integer', 'null'], description });
const number = (description: string): Schema => ({ type: ['number', 'null'], description });
const time = (description: string): Schema => ({ type: ['string', 'null'], format: 'date-time', description });

const object = (properties: Readonly<Record<string, Schema>>, description?: string): Schema => ({
  type: 'object',
  ...(description === undefined ? {} : { description }),
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
});

const orNull = (schema: Schema, description: string): Schema => ({
  ...schema,
  type: ['object', 'null'],
  description,
});

const column = (description: string, items: Schema = { type: ['number', 'null'] }): Schema => ({
  type: 'array',
  items,
  description,
});

const stage = (description: string): Schema =>
  object(
    { count: count('Since the topic or the mart was created'), per_second: number('Mean of the last ten seconds') },
    description,
  );

const LAG = {
  seconds: number('Age of the oldest record that is not processed yet'),
  records_per_second: number('Growth over the last twenty seconds; negative if the lag shrinks'),
  clear_seconds: number('Seconds until nothing waits, at this growth; null if the lag does not shrink'),
};

const Accounts: Schema = object(
  {
    verdict: {
      type: 'string',
      enum: VERDICTS,
      description:
        'unknown: a component does not respond. skipped: records were never read. running: records are on their way, so the counts are ' +
        'from different moments. complete: every record is one row or one record in quarantine. repeats: all are processed; ' +
        '`others` made no row of their own (repeated, older or newer versions, without a value, of an erased client, or transaction markers). ' +
        'elsewhere: the mart has more than the topic, for example by a backfill',
    },
    records: count('Offsets of the topic'),
    lines: count('Lines of all files that Kafka has acknowledged, also those sent to an earlier topic of this name'),
    waiting: count('Records that are not processed yet'),
    stored: count('Rows of the mart'),
    quarantined: count('Records in quarantine'),
    skipped: count('Records that were never read and that nobody has resolved'),
    others: count('Records less rows and quarantine; null unless the verdict is complete, repeats or elsewhere'),
  },
  'Where the records of the topic are',
);

const Rejections: Schema = orNull(
  object({
    at: { type: 'string', format: 'date-time', description: 'When it was read' },
    window_seconds: { type: 'integer', description: 'How far back it reaches' },
    records: { type: 'integer', description: 'Records newly in quarantine within that time' },
    is_capped: { type: 'boolean', description: 'Whether there were more. Only the newest are counted then' },
    reasons: {
      type: 'array',
      description: 'Most frequent first, at most twenty. A record counts once for each of its reasons',
      items: object({
        reason: { type: 'string' },
        column: text('null if the whole record is at fault'),
        records: { type: 'integer' },
      }),
    },
  }),
  'Why records were rejected within the last hour',
);

const PipelineState: Schema = object(
  {
    at: { type: 'string', format: 'date-time' },
    version: { type: 'string', description: 'Version of the gateway' },
    topic: { type: 'string' },
    engine: { type: 'string', enum: ['consumer', 'spark', 'both'], description: 'The engine that writes the mart' },
    stages: object({
      produced: stage('Offsets of the topic: records ever written, and transaction markers'),
      consumed: stage('Records that the engine has processed'),
      stored: stage('Rows in the mart'),
      quarantined: stage('Records in quarantine'),
    }),
    lag: object({
      records: count('Records that are not processed yet'),
      ...LAG,
      partitions: {
        type: 'array',
        items: object({ partition: { type: 'integer' }, records: { type: 'integer' }, ...LAG }),
      },
    }),
    latency: object(
      {
        p50_seconds: number('Median, accurate to 19 %'),
        p99_seconds: number('99th percentile, accurate to 19 %'),
        records: count('Records that were measured'),
        window_seconds: { type: 'integer', description: 'Length of the window' },
        at: time('End of the window: when the last of these records was seen in the mart'),
        unknown: {
          type: ['string', 'null'],
          enum: [...NO_LATENCY, null],
          description:
            'Why it is unknown. engine: Spark writes the mart. no_records: none arrived since the gateway started. ' +
            'old_mart: mart-init of this version has not run. no_answer: the mart does not respond',
        },
      },
      'Time from the timestamp in Kafka to the mart, measured by the consumers',
    ),
    producer: object({
      done: { type: ['boolean', 'null'], description: 'Whether all files that were started are done' },
      files: count('Files that were started'),
      rows: count('Rows of these files that are in the topic'),
      files_done: count('Files that are done'),
      files_open: count('Files that are not done'),
      current: orNull(
        object({
          file: { type: 'string' },
          rows: { type: 'integer', description: 'Rows that are in the topic' },
          progress: number('Share of its bytes that were read, from 0 to 1'),
          seconds_left: number('At the rate of the last ten seconds'),
        }),
        'The file that was produced last, unless it is done',
      ),
    }),
    kafka: object({
      brokers: count('Brokers that respond'),
      partitions: count('Partitions of the topic'),
      under_replicated: count('Partitions that lack replicas'),
    }),
    consumers: object({ group: text('Consumer group'), members: count('Running consumers') }),
    spark: object({
      workers: count('Workers that are alive; null without a master'),
      batch: orNull(
        object({ id: { type: 'integer' }, records: { type: 'integer' }, seconds: { type: 'number' } }),
        'The last micro-batch of the job',
      ),
      lag: count('Records that the job has not processed'),
    }),
    mart: object({
      changed_at: time('Time of the last change of messages'),
      ledger_pending: count('Deltas of the ledger that are not folded yet'),
      ledger_pending_seconds: number('Age of the oldest of them'),
      rows: count('Rows of messages'),
      newest_sent_at: time('Newest time of sending, without stray dates'),
      quarantined: count('Records in quarantine'),
      quarantined_at: time('When a record was last quarantined'),
      skipped_records: count('Records that were never read and that nobody has resolved'),
      size_bytes: count('Size of the database'),
    }),
    rejections: Rejections,
    accounts: Accounts,
    parts: object(Object.fromEntries(COMPONENT_NAMES.map((name) => [name, STATUS])), 'Status of each component'),
    components: object(
      Object.fromEntries(
        COMPONENT_NAMES.map((name) => [
          name,
          object({
            status: STATUS,
            since: { type: 'string', format: 'date-time', description: 'When the status last changed' },
            answered_at: time('Time of the last response'),
            message: text('What is wrong, or worth knowing'),
            action: text('What to do about it'),
            runbook: text('Section of docs/runbook.md that says more'),
          }),
        ]),
      ),
      'State of each component, as in /health',
    ),
  },
  'A value is null while the component that provides it does not respond',
);

const PipelineHistory: Schema = object(
  {
    times: column('Milliseconds since 1970, oldest first; a gap means that nothing was observed', { type: 'integer' }),
    rates: object({
      produced: column('Records per second, mean of ten seconds'),
      consumed: column('Records per second, mean of ten seconds'),
      stored: column('Rows per second, mean of ten seconds'),
      quarantined: column('Records per second, mean of ten seconds'),
    }),
    lag: object({ records: column('Records that were not processed'), seconds: column('Age of the oldest') }),
    latency: object({ p50_seconds: column('Within a minute'), p99_seconds: column('Within a minute') }),
  },
  'The last five minutes, a sample a second, by column; null where a value was not known',
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
        ...{ operationId: 'getPipelineEvents', tags: [TAG], summary: 'Changes of the state, as server-sent events' },
        description:
          'The first event has the type `history`; its data is a PipelineHistory. All others have the type `pipeline`; their data is a ' +
          'PipelineState. One is sent at once, then one for each change, about two a second and at least one.',
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
  schemas: { PipelineState, PipelineHistory },
};

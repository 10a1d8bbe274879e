import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { isNullable } from './columns.js';
import { contract, REFERENCE_TABLES, type Column, type Kind, type Reason, type TableContract } from './contract.js';
import { erasureEntity } from './erasures.js';
import { pipelineEntity } from './pipelines.js';
import { oneOf, quarantineAttemptEntity, QUARANTINE_STATES, type QuarantineState } from './quarantine-attempts.js';
import { consumerPositionEntity, skippedRecordsEntity } from './skipped-records.js';

/** PostgreSQL's type for each kind of column. The cleaner checks lengths and sets of values, not the table. */
export const SQL_TYPES = {
  integer: 'bigint',
  boolean: 'boolean',
  date: 'date',
  time: 'timestamptz',
  text: 'text',
  closed_set: 'text',
  open_set: 'text',
} as const satisfies Record<Kind, string>;

/** The TypeORM entity of a table in the contract. */
function entityOf<Row extends object>(
  { table, columns, primaryKey }: TableContract,
  nullable: (column: Column) => boolean,
): EntitySchema<Row> {
  const options = columns.map((column): [string, EntitySchemaColumnOptions] => [
    column.name,
    {
      type: SQL_TYPES[column.kind],
      primary: primaryKey.includes(column.name),
      nullable: nullable(column),
      comment: column.description,
    },
  ]);
  const times = columns.filter(({ kind }) => kind === 'date' || kind === 'time').map(({ name }) => name);
  return new EntitySchema<Row>({
    name: table,
    tableName: table,
    columns: Object.fromEntries(options) as never,
    checks: [{ name: `${table}_times_are_finite`, expression: times.map((time) => `isfinite(${time})`).join(' AND ') }],
  });
}

type ValueOf<K extends Kind> = K extends 'boolean' ? boolean : K extends 'time' ? Date : string;

/** A row of `messages` as TypeORM gives it: bigints and dates as text, times as Date (milliseconds). */
export type Message = {
  [C in (typeof contract.columns)[number] as C['name']]: ValueOf<C['kind']> | null;
};

const messageEntity = entityOf<Message>(contract, isNullable);

/** The tables that mart-init loads from CSV files. */
const referenceEntities = REFERENCE_TABLES.map((table) => entityOf(table, (column) => !column.required));

/** A rejected record with its original bytes and every reason. */
export interface QuarantinedMessage {
  topic: string;
  partition: number;
  /** bigint as text */
  offset: string;
  /** The record's timestamp in Kafka, or the nearest within the years 1 to 9999; in the key because a recreated topic starts again at offset 0. */
  recorded_at: Date;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
  reasons: Reason[];
  quarantined_at: Date;
  /** Details that `recorded_at` and `headers` cannot hold. */
  original: { timestamp?: string; headers?: [name: string, value: string | null][]; refused?: string } | null;
  record_hash: Buffer;
  state: QuarantineState;
  state_changed_at: Date | null;
  failed_attempts: number;
}

const quarantinedMessageEntity = new EntitySchema<QuarantinedMessage>({
  name: 'quarantined_messages',
  tableName: 'quarantined_messages',
  columns: {
    topic: { type: 'text', primary: true, comment: 'Kafka topic of the record' },
    partition: { type: 'integer', primary: true, comment: 'Its partition' },
    offset: { type: 'bigint', primary: true, comment: 'Its offset in the partition' },
    recorded_at: {
      type: 'timestamptz',
      primary: true,
      comment:
        'Its time in Kafka, or the nearest within the years 1 to 9999; part of the key, because a recreated topic starts again at offset 0',
    },
    key: { type: 'bytea', nullable: true, comment: 'Its key, original bytes' },
    value: {
      type: 'bytea',
      nullable: true,
      comment: "Its value, original bytes; as text: convert_from(value, 'UTF8')",
    },
    headers: {
      type: 'jsonb',
      comment: 'Its headers as text; for an unparsable line: the file, the line number and the error',
    },
    reasons: {
      type: 'jsonb',
      comment: 'Every reason with its column; the column is null if the whole record is at fault',
    },
    quarantined_at: { type: 'timestamptz', default: () => 'now()', comment: 'When it was quarantined' },
    original: {
      type: 'jsonb',
      nullable: true,
      comment:
        'Details that recorded_at and headers cannot hold: the timestamp in ms, all headers as base64 pairs, and why the ' +
        'database refused the bytes; usually null',
    },
    record_hash: {
      type: 'bytea',
      comment: 'SHA-256 of topic, key, value and headers, set by a trigger, so that a record sent again is one entry',
    },
    state: {
      type: 'text',
      default: 'open',
      comment: Object.entries(QUARANTINE_STATES)
        .map(([state, meaning]) => `${state}: ${meaning}`)
        .join('; '),
    },
    state_changed_at: {
      type: 'timestamptz',
      nullable: true,
      comment: 'When the state last changed; null if it never did',
    },
    failed_attempts: { type: 'integer', default: 0, comment: 'How often it was sent again and rejected' },
  },
  indices: [
    {
      name: 'quarantined_messages_newest',
      columns: ['quarantined_at', 'topic', 'partition', 'offset', 'recorded_at'],
    },
    { name: 'quarantined_messages_record', columns: ['record_hash'], unique: true },
  ],
  checks: [{ name: 'quarantined_messages_state_check', expression: oneOf('state', Object.keys(QUARANTINE_STATES)) }],
});

/** Counts of one write of the Spark engine, stored in the same transaction. */
export interface SparkWrite {
  query_id: string;
  batch_id: string;
  partition_id: number;
  records: string;
  inserted: string;
  updated: string;
  unchanged: string;
  /** Number of records by reason. */
  quarantined: Record<string, number>;
  tombstones: string;
  /** Number of values by rule and column, with a blank between them. */
  repaired: Record<string, number>;
  unknown_fields: string;
  written_at: Date;
  erased: string;
}

const sparkWriteEntity = new EntitySchema<SparkWrite>({
  name: 'spark_writes',
  tableName: 'spark_writes',
  columns: {
    query_id: {
      type: 'uuid',
      primary: true,
      comment: 'Streaming query; the same for as long as its checkpoint exists. For a backfill, derived from the file',
    },
    batch_id: {
      type: 'bigint',
      primary: true,
      comment: 'Micro-batch of the query; for a backfill, the part of the file',
    },
    partition_id: { type: 'integer', primary: true, comment: 'Task of the micro-batch' },
    records: { type: 'bigint', comment: 'Records read' },
    inserted: { type: 'bigint', comment: 'Rows that were new' },
    updated: { type: 'bigint', comment: 'Rows that replaced an older version' },
    unchanged: { type: 'bigint', comment: 'Clean rows that changed nothing: a duplicate, or not newer' },
    quarantined: { type: 'jsonb', comment: 'Records newly in quarantine, by reason' },
    tombstones: { type: 'bigint', comment: 'Records without a value' },
    repaired: { type: 'jsonb', comment: 'Values repaired, by rule and column' },
    unknown_fields: { type: 'bigint', comment: 'Fields that are not in the contract' },
    written_at: { type: 'timestamptz', default: () => 'now()', comment: 'Start of the transaction' },
    erased: { type: 'bigint', default: 0, comment: 'Records of erased clients, which were not written' },
  },
});

export const entities: EntitySchema[] = [
  messageEntity as EntitySchema,
  ...(referenceEntities as EntitySchema[]),
  quarantinedMessageEntity as EntitySchema,
  sparkWriteEntity as EntitySchema,
  skippedRecordsEntity as EntitySchema,
  consumerPositionEntity as EntitySchema,
  erasureEntity as EntitySchema,
  pipelineEntity as EntitySchema,
  quarantineAttemptEntity as EntitySchema,
];

/** The purpose of each table; TypeORM's entity schemas have no place for it. */
export const TABLE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([contract, ...REFERENCE_TABLES].map(({ table, description }) => [table, description])),
  quarantined_messages:
    'Rejected records with their original bytes and every reason, so that they can be repaired and sent again',
  spark_writes:
    'Counts of each write of the Spark engine, kept for some days. A repeated task counts once, and a backfill skips the parts that are done',
  skipped_records: 'Ranges of offsets that a consumer group skipped without reading them, and why. Normally empty',
  consumer_positions:
    'How far each consumer group has written each partition to the mart. Reading resumes at the offsets in Kafka; these positions show when somebody else has moved the offsets',
  erasures: 'Who erased a client and when, and how many rows. Names no client',
  quarantine_attempts:
    'Attempts to deal with quarantined records: who sent a record again or discarded it, and with what result',
  pipelines:
    'The consumers and Spark jobs that write into the mart, and the topic that they read, so that another pipeline is refused',
};

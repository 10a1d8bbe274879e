import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';
import { isNullable } from './columns.js';
import { contract, REFERENCE_TABLES, type Column, type Kind, type Reason, type TableContract } from './contract.js';
import { consumerPositionEntity, skippedRecordsEntity } from './skipped-records.js';

/** PostgreSQL's type for each kind of column. Lengths and sets of values are the cleaner's business, not the table's. */
export const SQL_TYPES = {
  integer: 'bigint',
  boolean: 'boolean',
  date: 'date',
  time: 'timestamptz',
  text: 'text',
  closed_set: 'text',
  open_set: 'text',
} as const satisfies Record<Kind, string>;

/** A table of the contract as a TypeORM entity: nothing of it is written twice. */
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
  return new EntitySchema<Row>({
    name: table,
    tableName: table,
    columns: Object.fromEntries(options) as never,
  });
}

type ValueOf<K extends Kind> = K extends 'boolean' ? boolean : K extends 'time' ? Date : string;

/** A row of `messages` as TypeORM gives it: bigints and dates as text, times as Date (milliseconds). */
export type Message = {
  [C in (typeof contract.columns)[number] as C['name']]: ValueOf<C['kind']> | null;
};

export const messageEntity = entityOf<Message>(contract, isNullable);

/** The tables that mart-init loads: campaigns, client_first_purchase_date, holidays. */
export const referenceEntities = REFERENCE_TABLES.map((table) => entityOf(table, (column) => !column.required));

/** A record that is not in `messages`, with its original bytes and every reason why. */
export interface QuarantinedMessage {
  topic: string;
  partition: number;
  /** bigint as text */
  offset: string;
  /** The record's timestamp in Kafka, or the nearest within the years 1 to 9999; in the key because a topic made anew counts its offsets from 0 again. */
  recorded_at: Date;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
  reasons: Reason[];
  quarantined_at: Date;
  /** What `recorded_at` and `headers` cannot hold. */
  original: { timestamp?: string; headers?: [name: string, value: string | null][]; refused?: string } | null;
  record_hash: Buffer;
}

export const quarantinedMessageEntity = new EntitySchema<QuarantinedMessage>({
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
        'Its time in Kafka, or the nearest within the years 1 to 9999; part of the key, because a topic made anew counts its offsets from 0 again',
    },
    key: { type: 'bytea', nullable: true, comment: 'Its key, the bytes as they came' },
    value: {
      type: 'bytea',
      nullable: true,
      comment: "Its value, the bytes as they came; as text: convert_from(value, 'UTF8')",
    },
    headers: {
      type: 'jsonb',
      comment: 'Its headers as text; of an unparsable line the file, the line and what is wrong',
    },
    reasons: { type: 'jsonb', comment: 'Every reason with the column that it names; null for the record as a whole' },
    quarantined_at: { type: 'timestamptz', default: () => 'now()', comment: 'When it was put here' },
    original: {
      type: 'jsonb',
      nullable: true,
      comment:
        'What recorded_at and headers cannot hold: its timestamp in ms, all its headers as pairs of base64, and why the ' +
        'database refused its bytes; null for most',
    },
    record_hash: {
      type: 'bytea',
      comment: 'SHA-256 of topic, key, value and headers, set by a trigger: a record that is sent again is one entry',
    },
  },
  indices: [
    {
      name: 'quarantined_messages_newest',
      columns: ['quarantined_at', 'topic', 'partition', 'offset', 'recorded_at'],
    },
    { name: 'quarantined_messages_record', columns: ['record_hash'], unique: true },
  ],
});

/** What one task of the Spark engine wrote, in the transaction that wrote it. */
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
}

export const sparkWriteEntity = new EntitySchema<SparkWrite>({
  name: 'spark_writes',
  tableName: 'spark_writes',
  columns: {
    query_id: {
      type: 'uuid',
      primary: true,
      comment: 'Streaming query, the same as long as its checkpoint is kept; of a backfill made from the file',
    },
    batch_id: {
      type: 'bigint',
      primary: true,
      comment: 'Micro-batch of the query; of a backfill the part of the file',
    },
    partition_id: { type: 'integer', primary: true, comment: 'Task of the micro-batch' },
    records: { type: 'bigint', comment: 'Records read' },
    inserted: { type: 'bigint', comment: 'Rows that were new' },
    updated: { type: 'bigint', comment: 'Rows that replaced an older version' },
    unchanged: { type: 'bigint', comment: 'Clean rows that changed nothing: a duplicate, or not newer' },
    quarantined: { type: 'jsonb', comment: 'Records newly in quarantine, by reason' },
    tombstones: { type: 'bigint', comment: 'Records without a value' },
    repaired: { type: 'jsonb', comment: 'Values filled in, by rule and column' },
    unknown_fields: { type: 'bigint', comment: 'Fields that the contract does not know' },
    written_at: { type: 'timestamptz', default: () => 'now()', comment: 'Begin of the transaction' },
  },
});

export const entities: EntitySchema[] = [
  messageEntity as EntitySchema,
  ...(referenceEntities as EntitySchema[]),
  quarantinedMessageEntity as EntitySchema,
  sparkWriteEntity as EntitySchema,
  skippedRecordsEntity as EntitySchema,
  consumerPositionEntity as EntitySchema,
];

/** What each table is for, by its name: TypeORM's entity schemas have no place for it. */
export const TABLE_DESCRIPTIONS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([contract, ...REFERENCE_TABLES].map(({ table, description }) => [table, description])),
  quarantined_messages:
    'Records that could not be cleaned, as they came, with every reason why. Nothing is lost: they can be mended and sent again',
  spark_writes:
    'What each write of the Spark engine came to, kept for some days. Counts a task that Spark repeats once, and tells a backfill which parts are done',
  skipped_records:
    'Records of the topic that a consumer group passed over without reading them, by ranges of offsets, and why. An empty table is a good one',
  consumer_positions:
    'How far each consumer group has written each partition to the mart. Kafka keeps the offsets that count; by these a consumer notices offsets that somebody else set',
};

import { EntitySchema } from 'typeorm';

/** Why records of the topic were never read. */
export const SKIP_REASONS = {
  deleted: 'Kafka deleted them before they were read (retention, delete-records)',
  offsets_moved: 'somebody else moved the committed offsets forward: an administrator, or another program in the group',
  topic_recreated: 'the topic was deleted before they were read, then recreated',
} as const;

export type SkipReason = keyof typeof SKIP_REASONS;

/** A range of offsets that a consumer group skipped without reading it. */
export interface SkippedRecords {
  consumer_group: string;
  topic: string;
  topic_id: string;
  partition: number;
  /** bigint as text, as are those below */
  from_offset: string;
  to_offset: string;
  reason: SkipReason;
  noticed_at: Date;
  resolved_at: Date | null;
}

const PARTITION_COLUMNS = {
  consumer_group: { type: 'text', primary: true, comment: 'Consumer group' },
  topic: { type: 'text', primary: true, comment: 'Kafka topic' },
  topic_id: {
    type: 'text',
    primary: true,
    comment: 'Id of the topic; a recreated topic has another one. Empty if the brokers have no topic ids',
  },
  partition: { type: 'integer', primary: true, comment: 'Partition' },
} as const;

export const skippedRecordsEntity = new EntitySchema<SkippedRecords>({
  name: 'skipped_records',
  tableName: 'skipped_records',
  columns: {
    ...PARTITION_COLUMNS,
    from_offset: { type: 'bigint', primary: true, comment: 'First offset of the range' },
    to_offset: { type: 'bigint', comment: 'Offset after the last one of the range' },
    reason: { type: 'text', comment: 'Why: deleted, offsets_moved or topic_recreated' },
    noticed_at: { type: 'timestamptz', default: () => 'now()', comment: 'When a consumer noticed' },
    resolved_at: {
      type: 'timestamptz',
      nullable: true,
      comment: 'When the range was read after all, or somebody resolved it; null while it is open',
    },
  },
});

/** How far a consumer group has written a partition to the mart. */
export interface ConsumerPosition {
  consumer_group: string;
  topic: string;
  topic_id: string;
  partition: number;
  next_offset: string;
  end_offset: string;
  written_at: Date;
  latency_since: Date | null;
  /** bigint as text */
  latency_counts: string[] | null;
}

export const consumerPositionEntity = new EntitySchema<ConsumerPosition>({
  name: 'consumer_positions',
  tableName: 'consumer_positions',
  columns: {
    ...PARTITION_COLUMNS,
    next_offset: { type: 'bigint', comment: 'All records before this offset are in the mart or were skipped' },
    end_offset: { type: 'bigint', comment: 'End of the partition when last seen' },
    written_at: { type: 'timestamptz', default: () => 'now()', comment: 'When the position was written' },
    latency_since: {
      type: 'timestamptz',
      nullable: true,
      comment: 'When the consumer began to count latencies; null if it has counted none',
    },
    latency_counts: {
      type: 'bigint',
      array: true,
      nullable: true,
      comment:
        'Records since then by latency, from the timestamp in Kafka to the mart: at most 10 ms, then each bound 19 % (the fourth ' +
        'root of 2) above the one before',
    },
  },
});

import type { MetricDefinition } from '../metric-definition.js';

/** What consumer and Spark job count alike. */
export const engineMetrics = {
  recordsConsumed: {
    type: 'counter',
    name: 'messages_consumed_total',
    help: 'Records taken from Kafka in batches that are committed',
    apps: ['consumer', 'spark-job'],
    labels: [],
  },
  rowsStored: {
    type: 'counter',
    name: 'messages_stored_total',
    help: 'Rows written to the mart; result is inserted or updated',
    apps: ['consumer', 'spark-job'],
    labels: ['result'],
  },
  rowsUnchanged: {
    type: 'counter',
    name: 'messages_unchanged_total',
    help: 'Clean rows that changed nothing: a duplicate, or not newer than the stored row',
    apps: ['consumer', 'spark-job'],
    labels: [],
  },
  recordsQuarantined: {
    type: 'counter',
    name: 'messages_quarantined_total',
    help: 'Records newly stored in quarantine; counted once for each distinct reason of the record',
    apps: ['consumer', 'spark-job'],
    labels: ['reason'],
  },
  valuesRepaired: {
    type: 'counter',
    name: 'messages_repaired_total',
    help: 'Values filled in by a rule of the contract',
    apps: ['consumer', 'spark-job'],
    labels: ['rule', 'column'],
  },
  unknownFields: {
    type: 'counter',
    name: 'messages_unknown_fields_total',
    help: 'Fields of records that the contract does not know; they are ignored',
    apps: ['consumer', 'spark-job'],
    labels: [],
  },
  tombstones: {
    type: 'counter',
    name: 'messages_tombstones_total',
    help: 'Records without a value, passed by',
    apps: ['consumer', 'spark-job'],
    labels: [],
  },
  latency: {
    type: 'histogram',
    name: 'messages_end_to_end_latency_seconds',
    help: 'Time from the production of a record, by its timestamp in Kafka, to its being visible in the mart',
    apps: ['consumer', 'spark-job'],
    labels: [],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21_600, 86_400],
  },
  batchRows: {
    type: 'histogram',
    name: 'messages_batch_rows',
    help: 'Records in a batch',
    apps: ['consumer'],
    labels: [],
    buckets: [1, 10, 100, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
  },
  batchSeconds: {
    type: 'histogram',
    name: 'messages_batch_duration_seconds',
    help: 'Time a batch spends in a phase: clean, write or commit',
    apps: ['consumer'],
    labels: ['phase'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
} as const satisfies Record<string, MetricDefinition>;

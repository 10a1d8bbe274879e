import type { MetricDefinition } from '../metric-definition.js';

/** What only the Spark job exports (spark/messages_spark/metrics.py); a test there compares. */
export const SPARK_METRICS = {
  martRepairs: {
    type: 'counter',
    name: 'messages_mart_repairs_total',
    help: 'Rows that a follower had to write because the consumer had not',
    apps: ['spark-job'],
    labels: [],
  },
  sparkTaskSeconds: {
    type: 'counter',
    name: 'messages_spark_task_seconds_total',
    help: 'Time that tasks spent in copying and merging',
    apps: ['spark-job'],
    labels: ['phase'],
  },
  sparkQueryRestarts: {
    type: 'counter',
    name: 'messages_spark_query_restarts_total',
    help: 'Times that the streaming query was started again',
    apps: ['spark-job'],
    labels: [],
  },
  sourceLag: {
    type: 'gauge',
    name: 'messages_source_lag_records',
    help: 'Records of the topic that are not in the mart yet',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchId: {
    type: 'gauge',
    name: 'messages_spark_batch_id',
    help: 'Newest micro-batch',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchRecords: {
    type: 'gauge',
    name: 'messages_spark_batch_records',
    help: 'Records of the newest micro-batch',
    apps: ['spark-job'],
    labels: [],
  },
  sparkInputRate: {
    type: 'gauge',
    name: 'messages_spark_input_rows_per_second',
    help: 'Rate of the newest micro-batch as Spark gives it: input',
    apps: ['spark-job'],
    labels: [],
  },
  sparkProcessedRate: {
    type: 'gauge',
    name: 'messages_spark_processed_rows_per_second',
    help: 'Rate of the newest micro-batch as Spark gives it: processed',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchSeconds: {
    type: 'gauge',
    name: 'messages_spark_batch_duration_seconds',
    help: 'Phases of the newest micro-batch, as Spark names them',
    apps: ['spark-job'],
    labels: ['phase'],
  },
} as const satisfies Record<string, MetricDefinition>;

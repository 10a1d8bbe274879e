import type { MetricDefinition } from '../metric-definition.js';

/** Metrics of the Spark job only (spark/messages_spark/metrics.py, which a test there compares with these). */
export const SPARK_METRICS = {
  martRepairs: {
    type: 'counter',
    name: 'messages_mart_repairs_total',
    help: 'Rows that the follower wrote because the consumer had not',
    apps: ['spark-job'],
    labels: [],
  },
  sparkTaskSeconds: {
    type: 'counter',
    name: 'messages_spark_task_seconds_total',
    help: 'Time that tasks spent in the phases copy and merge',
    apps: ['spark-job'],
    labels: ['phase'],
  },
  sparkQueryRestarts: {
    type: 'counter',
    name: 'messages_spark_query_restarts_total',
    help: 'Restarts of the streaming query',
    apps: ['spark-job'],
    labels: [],
  },
  sourceLag: {
    type: 'gauge',
    name: 'messages_source_lag_records',
    help: 'Records of the topic that are not yet in the mart',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchId: {
    type: 'gauge',
    name: 'messages_spark_batch_id',
    help: 'Id of the latest micro-batch',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchRecords: {
    type: 'gauge',
    name: 'messages_spark_batch_records',
    help: 'Records in the latest micro-batch',
    apps: ['spark-job'],
    labels: [],
  },
  sparkInputRate: {
    type: 'gauge',
    name: 'messages_spark_input_rows_per_second',
    help: 'Input rate of the latest micro-batch, as reported by Spark',
    apps: ['spark-job'],
    labels: [],
  },
  sparkProcessedRate: {
    type: 'gauge',
    name: 'messages_spark_processed_rows_per_second',
    help: 'Processing rate of the latest micro-batch, as reported by Spark',
    apps: ['spark-job'],
    labels: [],
  },
  sparkBatchSeconds: {
    type: 'gauge',
    name: 'messages_spark_batch_duration_seconds',
    help: "Duration of the phases of the latest micro-batch; phase is Spark's name",
    apps: ['spark-job'],
    labels: ['phase'],
  },
} as const satisfies Record<string, MetricDefinition>;

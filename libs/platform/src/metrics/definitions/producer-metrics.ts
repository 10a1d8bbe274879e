import type { MetricDefinition } from '../metric-definition.js';

export const PRODUCER_METRICS = {
  rowsRead: {
    type: 'counter',
    name: 'messages_rows_read_total',
    help: 'Data rows read from message files, unparsable lines included',
    apps: ['producer'],
    labels: [],
  },
  sourceBytesRead: {
    type: 'counter',
    name: 'messages_source_read_bytes_total',
    help: 'Bytes read from message files, before decompression',
    apps: ['producer'],
    labels: [],
  },
  recordsProduced: {
    type: 'counter',
    name: 'messages_produced_total',
    help: 'Records acknowledged by Kafka',
    apps: ['producer'],
    labels: [],
  },
  linesUnparsable: {
    type: 'counter',
    name: 'messages_unparsable_lines_total',
    help: 'Lines that do not parse as CSV; produced unchanged',
    apps: ['producer'],
    labels: [],
  },
  headersRepeated: {
    type: 'counter',
    name: 'messages_repeated_headers_total',
    help: 'Header lines repeated between the rows of a file; skipped',
    apps: ['producer', 'spark-job'],
    labels: [],
  },
  producerPosition: {
    type: 'gauge',
    name: 'messages_producer_position_rows',
    help: 'Rows of the current file that Kafka has acknowledged',
    apps: ['producer'],
    labels: [],
  },
  sourceSize: {
    type: 'gauge',
    name: 'messages_source_size_bytes',
    help: 'Size of the message files, before decompression',
    apps: ['producer'],
    labels: [],
  },
  dependencyUp: {
    type: 'gauge',
    name: 'messages_dependency_up',
    help: '1 if the dependency (postgresql or kafka) is available, 0 during an outage',
    apps: ['producer'],
    labels: ['dependency'],
  },
  outageSeconds: {
    type: 'counter',
    name: 'messages_outage_seconds_total',
    help: 'Time spent waiting for an unavailable dependency',
    apps: ['producer'],
    labels: ['dependency'],
  },
} as const satisfies Record<string, MetricDefinition>;

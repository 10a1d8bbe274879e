interface Definition {
  type: 'counter' | 'gauge' | 'histogram';
  name: string;
  help: string;
  labels: readonly string[];
  /** Upper bounds in the metric's unit; histograms only. */
  buckets?: readonly number[];
}

/** Every metric of every app, beside the process metrics of prom-client. Labels have a closed set of values. */
export const metricDefinitions = {
  rowsRead: {
    type: 'counter',
    name: 'messages_rows_read_total',
    help: 'Data rows read from message files, unparsable lines included',
    labels: [],
  },
  sourceBytesRead: {
    type: 'counter',
    name: 'messages_source_read_bytes_total',
    help: 'Bytes read from message files, as they are stored (compressed for .gz)',
    labels: [],
  },
  recordsProduced: {
    type: 'counter',
    name: 'messages_produced_total',
    help: 'Records acknowledged by Kafka',
    labels: [],
  },
  linesUnparsable: {
    type: 'counter',
    name: 'messages_unparsable_lines_total',
    help: 'Lines produced as they are because they do not parse as CSV',
    labels: [],
  },
  producerPosition: {
    type: 'gauge',
    name: 'messages_producer_position_rows',
    help: 'Rows of the current file that are acknowledged by Kafka',
    labels: [],
  },
  sourceSize: {
    type: 'gauge',
    name: 'messages_source_size_bytes',
    help: 'Size of the message files, as they are stored',
    labels: [],
  },
  recordsConsumed: {
    type: 'counter',
    name: 'messages_consumed_total',
    help: 'Records taken from Kafka in batches that are committed',
    labels: [],
  },
  rowsStored: {
    type: 'counter',
    name: 'messages_stored_total',
    help: 'Rows written to the mart; result is inserted or updated',
    labels: ['result'],
  },
  rowsUnchanged: {
    type: 'counter',
    name: 'messages_unchanged_total',
    help: 'Clean rows that changed nothing: a duplicate, or not newer than the stored row',
    labels: [],
  },
  recordsQuarantined: {
    type: 'counter',
    name: 'messages_quarantined_total',
    help: 'Records newly stored in quarantine; counted once for each distinct reason of the record',
    labels: ['reason'],
  },
  valuesRepaired: {
    type: 'counter',
    name: 'messages_repaired_total',
    help: 'Values filled in by a rule of the contract',
    labels: ['rule', 'column'],
  },
  unknownFields: {
    type: 'counter',
    name: 'messages_unknown_fields_total',
    help: 'Fields of records that the contract does not know; they are ignored',
    labels: [],
  },
  tombstones: {
    type: 'counter',
    name: 'messages_tombstones_total',
    help: 'Records without a value, passed by',
    labels: [],
  },
  batchRows: {
    type: 'histogram',
    name: 'messages_batch_rows',
    help: 'Records in a batch',
    labels: [],
    buckets: [1, 10, 100, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000],
  },
  batchSeconds: {
    type: 'histogram',
    name: 'messages_batch_duration_seconds',
    help: 'Time a batch spends in a phase: clean, write or commit',
    labels: ['phase'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  retries: {
    type: 'counter',
    name: 'messages_retries_total',
    help: 'Attempts repeated after an outage or a conflict; dependency is postgresql or kafka',
    labels: ['dependency'],
  },
  dependencyUp: {
    type: 'gauge',
    name: 'messages_dependency_up',
    help: '1 while the dependency (postgresql, kafka) is usable, 0 during an outage',
    labels: ['dependency'],
  },
  outageSeconds: {
    type: 'counter',
    name: 'messages_outage_seconds_total',
    help: 'Time spent waiting for a lost dependency',
    labels: ['dependency'],
  },
  referenceRowsLoaded: {
    type: 'counter',
    name: 'messages_reference_rows_loaded_total',
    help: 'Rows of a reference table inserted or updated by the loader',
    labels: ['table'],
  },
  deltasFolded: {
    type: 'counter',
    name: 'messages_ledger_folded_total',
    help: 'Rows of the ledger folded into its sums',
    labels: [],
  },
} as const satisfies Record<string, Definition>;

type Definitions = typeof metricDefinitions;
export type MetricKey = keyof Definitions;
export type MetricKeyOf<T extends Definition['type']> = {
  [K in MetricKey]: Definitions[K]['type'] extends T ? K : never;
}[MetricKey];
export type LabelOf<K extends MetricKey> = Definitions[K]['labels'][number];

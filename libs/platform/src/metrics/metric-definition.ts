export type AppName = 'producer' | 'consumer' | 'mart-init' | 'gateway' | 'spark-job';

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** snake_case, with the unit and, for counters, `_total` at its end. */
  readonly name: string;
  readonly help: string;
  /** Who exports it. */
  readonly apps: readonly AppName[];
  /** Each with a closed set of values, or one that grows with the installation only (topics, partitions). */
  readonly labels: readonly string[];
  /** Upper bounds in the metric's unit; histograms only. */
  readonly buckets?: readonly number[];
}

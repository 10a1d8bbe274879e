export type AppName = 'producer' | 'consumer' | 'mart-init' | 'gateway' | 'spark-job';

export interface MetricDefinition {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** snake_case; ends in the unit or, for counters, in `_total`. */
  readonly name: string;
  readonly help: string;
  /** The apps that export it. */
  readonly apps: readonly AppName[];
  /** Label names. The values of each must be a closed set, or grow only with the installation (topics, partitions). */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

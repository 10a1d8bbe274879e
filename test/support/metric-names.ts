import type { MetricDefinition } from '#platform/metrics/metric-definition.js';

/** The names of the series that a metric has in Prometheus. */
export function seriesNames({ name, type }: Pick<MetricDefinition, 'name' | 'type'>): string[] {
  return type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`) : [name];
}

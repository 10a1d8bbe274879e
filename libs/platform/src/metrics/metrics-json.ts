import { METRIC_DEFINITIONS } from './metric-definitions.js';
import type { MetricDefinition } from './metric-definition.js';

/** Where the text of `metricsJson` stands in the project. */
export const METRICS_FILE = 'libs/platform/metrics.json';

/** The metrics as an array, for programs in other languages; its members are those of MetricDefinition. */
export function metricsJson(): string {
  const metrics = Object.values<MetricDefinition>(METRIC_DEFINITIONS).map(
    ({ type, name, help, apps, labels, buckets }) => ({ type, name, help, apps, labels, buckets }),
  );
  return `${JSON.stringify(metrics, null, 2)}\n`;
}

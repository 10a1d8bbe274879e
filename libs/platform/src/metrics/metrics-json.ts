import { METRIC_DEFINITIONS } from './metric-definitions.js';
import type { MetricDefinition } from './metric-definition.js';

/** The file with the text of `metricsJson`. */
export const METRICS_FILE = 'libs/platform/metrics.json';

/** All metric definitions as a JSON array, for programs in other languages. */
export function metricsJson(): string {
  const metrics = Object.values<MetricDefinition>(METRIC_DEFINITIONS).map(
    ({ type, name, help, apps, labels, buckets }) => ({ type, name, help, apps, labels, buckets }),
  );
  return `${JSON.stringify(metrics, null, 2)}\n`;
}

import { COMMON_METRICS } from './definitions/common-metrics.js';
import { ENGINE_METRICS } from './definitions/engine-metrics.js';
import { GATEWAY_METRICS } from './definitions/gateway-metrics.js';
import { PRODUCER_METRICS } from './definitions/producer-metrics.js';
import { SPARK_METRICS } from './definitions/spark-metrics.js';
import type { MetricDefinition } from './metric-definition.js';

/** Every metric of every app, except the process metrics of prom-client and of Python's prometheus_client. */
export const METRIC_DEFINITIONS = {
  ...PRODUCER_METRICS,
  ...ENGINE_METRICS,
  ...SPARK_METRICS,
  ...GATEWAY_METRICS,
  ...COMMON_METRICS,
} as const satisfies Record<string, MetricDefinition>;

type Definitions = typeof METRIC_DEFINITIONS;
export type MetricKey = keyof Definitions;
export type MetricKeyOf<T extends MetricDefinition['type']> = {
  [K in MetricKey]: Definitions[K]['type'] extends T ? K : never;
}[MetricKey];
export type LabelOf<K extends MetricKey> = Definitions[K]['labels'][number];

import { commonMetrics } from './definitions/common-metrics.js';
import { engineMetrics } from './definitions/engine-metrics.js';
import { gatewayMetrics } from './definitions/gateway-metrics.js';
import { producerMetrics } from './definitions/producer-metrics.js';
import { sparkMetrics } from './definitions/spark-metrics.js';
import type { MetricDefinition } from './metric-definition.js';

/** Every metric of every app, beside the process metrics of prom-client and of Python's prometheus_client. */
export const metricDefinitions = {
  ...producerMetrics,
  ...engineMetrics,
  ...sparkMetrics,
  ...gatewayMetrics,
  ...commonMetrics,
} as const satisfies Record<string, MetricDefinition>;

type Definitions = typeof metricDefinitions;
export type MetricKey = keyof Definitions;
export type MetricKeyOf<T extends MetricDefinition['type']> = {
  [K in MetricKey]: Definitions[K]['type'] extends T ? K : never;
}[MetricKey];
export type LabelOf<K extends MetricKey> = Definitions[K]['labels'][number];

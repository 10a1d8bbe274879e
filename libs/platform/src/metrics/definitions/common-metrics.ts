import type { MetricDefinition } from '../metric-definition.js';

export const COMMON_METRICS = {
  retries: {
    type: 'counter',
    name: 'messages_retries_total',
    help: 'Retries after an outage or a conflict; dependency is postgresql or kafka',
    apps: ['producer', 'consumer', 'mart-init'],
    labels: ['dependency'],
  },
  referenceRowsLoaded: {
    type: 'counter',
    name: 'messages_reference_rows_loaded_total',
    help: 'Rows of a reference table inserted or updated by the loader',
    apps: ['mart-init'],
    labels: ['table'],
  },
} as const satisfies Record<string, MetricDefinition>;

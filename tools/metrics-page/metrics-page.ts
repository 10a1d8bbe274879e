import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import type { AppName, MetricDefinition } from '#platform/metrics/metric-definition.js';
import { code, codes, prose, table } from '../dictionary/markdown.js';
import { withContents, type Section } from '../dictionary/sections.js';

export const METRICS_PAGE_FILE = 'docs/metrics.md';

const INTRODUCTION = `# Metrics

Each app exports these metrics in the Prometheus text format at \`/metrics\` on its \`PORT\`. The label \`service\` is the
name of the app; the name of a metric ends with its unit. To collect and show them, see
[observability](../observability/README.md); for alerts, see the [runbook](runbook.md).

This page is generated from the [metric definitions](../libs/platform/src/metrics/metric-definitions.ts). To change it,
change them and run \`npm run docs\`. A test fails if the page is out of date.

- Counters start at 0 with each process; use \`rate\` or \`increase\`. Records that are read again after a crash count again.
- Consumer and Spark job share metric names. If both run, select one by \`service\`.
- \`messages_end_to_end_latency_seconds\` is the time from a record's timestamp in Kafka, set by the producer, to the commit in
  PostgreSQL. Every record counts, even if it changed nothing; a record that is read again counts with its age at that time. A
  Spark job that follows a consumer does not export it.
- Every gateway exports the state of the same Kafka and mart. With several gateways, use \`max by (…)\` before any sum.
- A value that is unknown, for example while a server is down, is absent or stale, never 0.`;

const TITLES: Readonly<Record<AppName, string>> = {
  producer: 'Producer',
  consumer: 'Consumer',
  gateway: 'Gateway',
  'mart-init': 'mart-init',
  'spark-job': 'Spark job',
};

const PROCESS = `Every app also exports process metrics: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_start_time_seconds\`, \`process_open_fds\` and others that begin with \`process_\`. The TypeScript apps also export metrics of Node.js,
such as \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_heap_size_used_bytes\` and \`nodejs_gc_duration_seconds\`.`;

/** docs/metrics.md, unformatted. */
export function metricsPage(): string {
  const sections: Section[] = (Object.keys(TITLES) as AppName[]).map((app) => ({
    level: 2,
    title: TITLES[app],
    body: sectionOf(app),
  }));
  return `${INTRODUCTION}\n\n${withContents([...sections, { level: 2, title: 'Processes', body: PROCESS }])}\n`;
}

function sectionOf(app: AppName): string {
  const metrics = Object.values<MetricDefinition>(METRIC_DEFINITIONS).filter(({ apps }) => apps.includes(app));
  const rows = metrics.map(({ name, type, labels, help }) => [code(name), type, codes(labels), prose(help)]);
  const buckets = metrics.flatMap(({ name, buckets }) => (buckets ? [`- ${code(name)}: ${buckets.join(', ')}`] : []));
  return [
    `Its \`service\` is ${code(app)}${app === 'spark-job' ? ', which the scraper must add' : ''}.`,
    table(['metric', 'type', 'labels', 'meaning'], rows),
    ...(buckets.length > 0 ? [`Upper bounds of the buckets:\n\n${buckets.join('\n')}`] : []),
  ].join('\n\n');
}

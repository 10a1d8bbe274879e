import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import type { AppName, MetricDefinition } from '#platform/metrics/metric-definition.js';
import { code, codes, prose, table } from '../dictionary/markdown.js';
import { withContents, type Section } from '../dictionary/sections.js';

export const METRICS_PAGE_FILE = 'docs/metrics.md';

const INTRODUCTION = `# Metrics

What each app counts and measures, as Prometheus' text at \`/metrics\` on its \`PORT\`. The label \`service\` holds
the name of the app; the unit is the end of the name. How to collect and show them:
[observability](../observability/README.md). What to do when one is out of bounds: [runbook.md](runbook.md).

This page is generated from the [list of all metrics](../libs/platform/src/metrics/metric-definitions.ts). To change it,
change that, then run \`npm run docs\`. A test fails while it is out of date.

- Counters begin at 0 with each process; use \`rate\` or \`increase\`. Records that were read again after a crash are
  counted again.
- Consumer and Spark job count the same things under the same names. Beside a consumer, say which one is meant by
  \`service\`.
- \`messages_end_to_end_latency_seconds\` runs from a record's timestamp in Kafka, which the producer sets when it sends, to
  the commit in PostgreSQL. Every record counts, also one that changed nothing, and one that is read again with the age
  that it has then. A Spark job that follows behind a consumer leaves it empty.
- Each gateway tells the state of the same Kafka and the same mart. Where several run, take \`max by (…)\` before any sum.
- A figure that nobody can tell at the moment, as while a server is down, is absent or old, never 0.`;

const TITLES: Readonly<Record<AppName, string>> = {
  producer: 'Producer',
  consumer: 'Consumer',
  gateway: 'Gateway',
  'mart-init': 'mart-init',
  'spark-job': 'Spark job',
};

const PROCESS = `Every app also has the process metrics of its platform: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`,
\`process_start_time_seconds\`, \`process_open_fds\` and others with \`process_\`; those in TypeScript those of Node.js as well,
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
    `Its \`service\` is ${code(app)}${app === 'spark-job' ? ', a label that the scraper has to add' : ''}.`,
    table(['metric', 'type', 'labels', 'meaning'], rows),
    ...(buckets.length > 0 ? [`Upper bounds of the buckets:\n\n${buckets.join('\n')}`] : []),
  ].join('\n\n');
}

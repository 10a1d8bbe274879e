import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { alertRules } from '../support/alert-rules.js';
import { createAnalyst, type Analyst } from '../support/analyst.js';
import { targetsOf } from '../support/dashboards.js';
import { query } from '../support/mart-database.js';
import { ObservedPipeline } from '../support/observed-pipeline.js';
import { selectorsOf } from '../support/promql.js';
import { Prometheus } from '../support/prometheus.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

/** Series that cannot exist here, and why. Unit specs compare their names with the list of metrics. */
const ABSENT: readonly (readonly [series: RegExp, why: string])[] = [
  [/^messages_(spark_\w+|source_lag_records|mart_repairs_total)/, 'only the Spark job has them'],
  [/^messages_\w+_total\{service="spark-job"\}/, 'only the Spark job has them'],
  [/^messages_read_server_delay_seconds/, 'readers use the primary here'],
  [/^messages_skipped_records/, 'no record is skipped here'],
  [/^kubelet_volume_stats_/, 'only Kubernetes has them'],
  [/status=~"5\.\."/, 'the gateway answers every request here'],
];

const reasonFor = (text: string) => ABSENT.find(([series]) => series.test(text))?.[1];

/** Grafana's variables: all topics, and four scrapes as the shortest interval of a rate. */
const filledIn = (expr: string) => expr.replaceAll('$__rate_interval', '4s').replaceAll('$topic', '.*');

const selectors = alertRules
  .flatMap(({ alert, expr }) => selectorsOf(expr).map(({ text }) => [alert, text] as const))
  .filter(([, text]) => reasonFor(text) === undefined);
const panels = targetsOf('expr').map(([where, expr]) => [where, filledIn(expr)] as const);
const panelsWithSeries = panels.filter(([, expr]) => !selectorsOf(expr).some(({ text }) => reasonFor(text)));

let observed: ObservedPipeline;
let prometheus: Prometheus;
/** Queries without a series while the pipeline ran. */
const empty = new Set([...selectors, ...panelsWithSeries].map(([, expr]) => expr));

beforeAll(async () => {
  prometheus = await Prometheus.start();
  observed = await ObservedPipeline.start();
  const { producer, consumer, gateway } = observed.apps;
  await prometheus.scrape(
    [producer, consumer, gateway].map(({ name, url }) => ({ service: name, url: `${url}/metrics` })),
  );
  // In parallel: the producer ends, and rates need two samples.
  const asked = waitUntil('every query returns a series', async () => {
    await fetch(`${gateway.url}/api/v1/pipeline`);
    for (const expr of empty) if ((await prometheus.query(expr)).length > 0) empty.delete(expr);
    return empty.size === 0;
  });
  await asked.catch(() => undefined); // the tests below say which one
});

afterAll(async () => {
  await prometheus?.stop();
  await observed?.close();
});

describe('Prometheus with a running pipeline', () => {
  it.each(['producer', 'consumer', 'gateway'])(
    'has the series of the %s, labelled with its service',
    async (service) => {
      expect(await prometheus.query(`up{job="messages-pipeline", service="${service}"} == 1`)).toHaveLength(1);
      expect(await prometheus.query(`process_start_time_seconds{service="${service}"}`)).toHaveLength(1);
      expect(await prometheus.query('{exported_service=~".+"}')).toEqual([]);
    },
  );

  it('evaluates every alert', async () => {
    await waitUntil(
      'all alerts are evaluated',
      async () => ![...(await prometheus.rules()).values()].includes('unknown'),
    );
    expect(await prometheus.rules()).toEqual(new Map(alertRules.map(({ alert }) => [alert, 'ok'])));
  });

  it.each(selectors)('the alert %s finds %s', (_alert, text) => expect(empty).not.toContain(text));

  it.each(panelsWithSeries)('the panel %s has data', (_where, expr) => expect(empty).not.toContain(expr));

  it('accepts the queries of panels that are empty here', async () => {
    for (const [, expr] of panels) await prometheus.query(expr);
  });
});

describe('the panels that query the mart', () => {
  let analyst: Analyst;

  beforeAll(async () => {
    const { databaseUrl } = observed.pipeline;
    analyst = await createAnalyst({ url: databaseUrl, drop: () => Promise.resolve() }, process.env.DATABASE_URL!);
  });

  afterAll(() => analyst?.drop());

  it.each(targetsOf('rawSql'))('%s has rows for the analyst', async (_where, sql) => {
    const rows = () => query(analyst.url, sql.replaceAll('$days', '60'));
    expect(await waitUntil('rows', async () => (await rows()).length)).toBeGreaterThan(0);
  });
});

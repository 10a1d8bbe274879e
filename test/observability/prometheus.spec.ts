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

/** Series that cannot be here, and why. The unit specs beside the files hold their names against the list of metrics. */
const ABSENT: readonly (readonly [series: RegExp, why: string])[] = [
  [/^messages_(spark_\w+|source_lag_records|mart_repairs_total)/, 'only the Spark job has them'],
  [/^messages_\w+_total\{service="spark-job"\}/, 'only the Spark job has them'],
  [/^kubelet_volume_stats_/, 'only Kubernetes has them'],
  [/status=~"5\.\."/, 'the gateway answers every request here'],
];

const reasonFor = (text: string) => ABSENT.find(([series]) => series.test(text))?.[1];

/** As Grafana fills them in: all topics, and four scrapes as the shortest interval for a rate. */
const filledIn = (expr: string) => expr.replaceAll('$__rate_interval', '4s').replaceAll('$topic', '.*');

let observed: ObservedPipeline;
let prometheus: Prometheus;

beforeAll(async () => {
  prometheus = await Prometheus.start();
  observed = await ObservedPipeline.start();
  const { producer, consumer, gateway } = observed.apps;
  await prometheus.scrape(
    [producer, consumer, gateway].map(({ name, url }) => ({ service: name, url: `${url}/metrics` })),
  );
  await gateway.waitUntil('the gateway answers a request of the REST interface', async () => {
    await fetch(`${gateway.url}/api/v1/pipeline`);
    return (await prometheus.query('http_server_request_duration_seconds_count{route=~"/api.*"}')).length > 0;
  });
});

afterAll(async () => {
  await prometheus?.stop();
  await observed?.close();
});

/** Rates need two samples, so the first answers come some seconds after the start. */
async function eventually(expr: string): Promise<void> {
  await waitUntil(`series of ${expr}`, async () => (await prometheus.query(expr)).length > 0, 20_000);
}

describe('Prometheus beside a running pipeline', () => {
  it.each(['producer', 'consumer', 'gateway'])('has the series of the %s under its service', async (service) => {
    await eventually(`up{job="messages-pipeline", service="${service}"} == 1`);
    await eventually(`process_start_time_seconds{service="${service}"}`);
    expect(await prometheus.query('{exported_service=~".+"}')).toEqual([]);
  });

  it('evaluates every alert', async () => {
    await waitUntil(
      'all rules were evaluated',
      async () => ![...(await prometheus.rules()).values()].includes('unknown'),
    );
    expect(await prometheus.rules()).toEqual(new Map(alertRules.map(({ alert }) => [alert, 'ok'])));
  });

  const selectors = alertRules.flatMap(({ alert, expr }) =>
    selectorsOf(expr).map(({ text }) => [alert, text] as const),
  );

  it.each(selectors.filter(([, text]) => reasonFor(text) === undefined))('the alert %s finds %s', (_alert, text) =>
    eventually(text),
  );

  it.each(targetsOf('expr').filter(([, expr]) => !selectorsOf(expr).some(({ text }) => reasonFor(text))))(
    'the panel %s has something to show',
    (_where, expr) => eventually(filledIn(expr)),
  );

  it('understands the panels that stay empty here', async () => {
    for (const [, expr] of targetsOf('expr')) await prometheus.query(filledIn(expr));
  });
});

describe('the panels that ask the mart', () => {
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

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import type { AppName, MetricDefinition } from '#platform/metrics/metric-definition.js';
import { choosePort } from '../../dev/services/ports.js';
import type { TestApp } from '../support/test-app.js';
import { ObservedPipeline } from '../support/observed-pipeline.js';
import { promtool } from '../support/programs.js';

jest.setTimeout(120_000);

/** Metrics under well-known names: those of Node.js from prom-client, and the lag as in Kafka exporters. */
const KNOWN_COMPLAINTS = /^(nodejs_\w+_total|kafka_consumergroup_lag_sum) non-/;
const OF_THE_PROCESS = /^(process|nodejs)_/;
const definitions = Object.values<MetricDefinition>(METRIC_DEFINITIONS);

let observed: ObservedPipeline;
/** Waits for a missing server; otherwise it would exit before its metrics are read. */
let martInit: TestApp;

beforeAll(async () => {
  observed = await ObservedPipeline.start();
  martInit = await observed.pipeline.start('mart-init', {
    env: { DATABASE_URL: `postgresql://nobody@127.0.0.1:${await choosePort([])}/nothing` },
  });
});

afterAll(() => observed?.close());

describe.each(['producer', 'consumer', 'gateway', 'mart-init'] as const)('the metrics of the %s', (name) => {
  let text: string;

  beforeAll(async () => {
    const app = name === 'mart-init' ? martInit : observed.apps[name];
    text = await (await fetch(`${app.url}/metrics`)).text();
  });

  it('pass the lint of promtool', async () => {
    const { text: complaints } = await promtool(['check', 'metrics'], text);
    expect(complaints.split('\n').filter((line) => line !== '' && !KNOWN_COMPLAINTS.test(line))).toEqual([]);
  });

  it('are exactly those of the list', () => {
    expect(exposedBy(text)).toEqual(listedFor(name));
  });
});

interface Exposed {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** Metrics of the text by name, without those of the process. */
function exposedBy(text: string): Exposed[] {
  const types = new Map([...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => [name!, type!]));
  return [...text.matchAll(/^# HELP (\w+) (.*)$/gm)]
    .map(([, name, help]) => ({ name: name!, type: types.get(name!)!, help: help! }))
    .filter(({ name }) => !OF_THE_PROCESS.test(name))
    .sort(byName);
}

function listedFor(app: AppName): Exposed[] {
  return definitions
    .filter(({ apps }) => apps.includes(app))
    .map(({ name, type, help }) => ({ name, type, help }))
    .sort(byName);
}

function byName(one: Exposed, other: Exposed): number {
  return one.name < other.name ? -1 : 1;
}

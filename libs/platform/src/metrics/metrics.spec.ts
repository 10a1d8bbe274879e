import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { METRIC_DEFINITIONS } from './metric-definitions.js';
import type { MetricDefinition } from './metric-definition.js';
import { metricsJson } from './metrics-json.js';
import { Metrics } from './metrics.js';
import { createRegistry } from './metrics.module.js';

describe('METRIC_DEFINITIONS', () => {
  it.each(Object.values(METRIC_DEFINITIONS))(
    '$name follows the naming rules of Prometheus',
    ({ name, type, help, labels }) => {
      expect(name).toMatch(/^(messages|kafka|http)(_[a-z]+)+$/);
      expect(name.endsWith('_total')).toBe(type === 'counter');
      expect(help).toMatch(/^[A-Z0-9].*[^.]$/);
      for (const label of labels) expect(label).toMatch(/^[a-z_]+$/);
    },
  );

  it('has unique names', () => {
    const names = Object.values(METRIC_DEFINITIONS).map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
  });

  it('has ascending buckets', () => {
    for (const { type, buckets } of Object.values<MetricDefinition>(METRIC_DEFINITIONS)) {
      expect(buckets !== undefined).toBe(type === 'histogram');
      expect([...(buckets ?? [])].sort((a, b) => a - b)).toEqual(buckets ?? []);
    }
  });

  it('equals metrics.json; if not, run `npm run docs`', () => {
    expect(readFileSync(new URL('../../metrics.json', import.meta.url), 'utf8')).toBe(metricsJson());
  });
});

describe('Metrics', () => {
  it('exports the metrics in use, from zero, with the service as a label', async () => {
    const registry = createRegistry('producer');
    const metrics = new Metrics(registry);
    const rowsRead = metrics.counter('rowsRead');
    expect(await registry.metrics()).toContain('messages_rows_read_total{service="producer"} 0');

    rowsRead.inc(500);
    metrics.counter('rowsRead').inc(1);
    metrics.counter('rowsStored').inc({ result: 'inserted' }, 3);
    metrics.gauge('producerPosition').set(9);
    metrics.histogram('batchSeconds').observe({ phase: 'write' }, 0.02);

    const text = await registry.metrics();
    expect(text).toContain('messages_rows_read_total{service="producer"} 501');
    expect(text).toContain('messages_stored_total{result="inserted",service="producer"} 3');
    expect(text).toContain('messages_producer_position_rows{service="producer"} 9');
    expect(text).toContain('messages_batch_duration_seconds_bucket{le="0.025",service="producer",phase="write"} 1');
    expect(text).toContain('process_cpu_seconds_total{service="producer"}');
    expect(text).not.toContain('messages_consumed_total');
  });

  it('counts many observations of one value in one call', async () => {
    const metrics = new Metrics(createRegistry('consumer'));
    const latency = metrics.countedHistogram('latency');
    latency.observe(0.04, 3);
    metrics.countedHistogram('latency').observe(100_000, 2);

    const text = await metrics.registry.metrics();
    expect(text).toContain('# TYPE messages_end_to_end_latency_seconds histogram\n');
    expect(text).toContain('messages_end_to_end_latency_seconds_bucket{le="0.1",service="consumer"} 3\n');
    expect(text).toContain('messages_end_to_end_latency_seconds_bucket{le="86400",service="consumer"} 3\n');
    expect(text).toContain('messages_end_to_end_latency_seconds_bucket{le="+Inf",service="consumer"} 5\n');
    expect(text).toContain('messages_end_to_end_latency_seconds_sum{service="consumer"} 200000.12\n');
    expect(text).toContain('messages_end_to_end_latency_seconds_count{service="consumer"} 5\n');
  });

  it('keeps the metrics of two apps in one process apart', async () => {
    const first = new Metrics(createRegistry('a'));
    const second = new Metrics(createRegistry('b'));
    first.counter('rowsRead').inc(1);
    second.counter('rowsRead');

    expect(await second.registry.metrics()).toContain('messages_rows_read_total{service="b"} 0');
  });
});

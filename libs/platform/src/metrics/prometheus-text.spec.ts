import { describe, expect, it } from '@jest/globals';
import { Counter, Gauge, Registry } from 'prom-client';
import { parseSamples } from './prometheus-text.js';

describe('parseSamples', () => {
  it('reads what prom-client writes', async () => {
    const registry = new Registry();
    const counter = new Counter({
      name: 'rows_total',
      help: 'a {b="c"} 1',
      labelNames: ['op', 'topic'],
      registers: [registry],
    });
    counter.inc({ op: 'inserted', topic: 'a, b {c}' }, 2);
    new Gauge({ name: 'lag', help: 'Lag', registers: [registry] }).set(1.5e9);
    new Gauge({ name: 'age_seconds', help: 'Age', registers: [registry] }).set(NaN);

    expect(parseSamples(await registry.metrics())).toEqual([
      { name: 'rows_total', labels: { op: 'inserted', topic: 'a, b {c}' }, value: 2 },
      { name: 'lag', labels: {}, value: 1_500_000_000 },
      { name: 'age_seconds', labels: {}, value: NaN },
    ]);
  });

  it('reads neither comments nor lines that are not samples', () => {
    expect(parseSamples('# HELP lag Lag\n# TYPE lag gauge\n\nlag\n<html> 1\n')).toEqual([]);
  });

  it('reads infinite bounds of buckets as labels', () => {
    expect(parseSamples('seconds_bucket{le="+Inf"} 3\n')).toEqual([
      { name: 'seconds_bucket', labels: { le: '+Inf' }, value: 3 },
    ]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import { alertRules, alertTests } from '../test/support/alert-rules.js';
import { seriesNames } from '../test/support/metric-names.js';
import { selectorsOf } from '../test/support/promql.js';

const RUNBOOK = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8');
/** Metrics of Prometheus, of processes, of the node exporter and of Kubernetes. */
const OF_OTHERS = /^(up|process_start_time_seconds|node_filesystem_\w+|kubelet_volume_stats_\w+)$/;

describe.each(alertRules.map((rule) => [rule.alert, rule] as const))('the alert %s', (alert, rule) => {
  it('has a severity, a summary and a description', () => {
    expect(rule.labels['severity']).toMatch(/^(critical|warning)$/);
    expect(rule.labels['component']).toMatch(/^[a-z]+$/);
    expect(rule.annotations).toEqual({
      summary: expect.stringMatching(/\S/),
      description: expect.stringMatching(/\S/),
      runbook_url: `docs/runbook.md#${alert.toLowerCase()}`,
    });
  });

  it('has tests that it fires, that it does not fire too early, and that it stays silent', () => {
    const cases = alertTests.flatMap((test) => {
      const own = test.alert_rule_test.filter(({ alertname }) => alertname === alert);
      return own.length === 0 ? [] : [own];
    });
    const fires = cases.filter((questions) => questions.some((each) => (each.exp_alerts ?? []).length > 0));
    expect(fires.length).toBeGreaterThan(0);
    expect(cases.length).toBeGreaterThan(fires.length);
    for (const [first] of fires) expect(first!.exp_alerts ?? []).toEqual([]);
  });

  it('reads existing metrics', () => {
    const names = Object.values(METRIC_DEFINITIONS).flatMap(seriesNames);
    const metrics = selectorsOf(rule.expr).map(({ metric }) => metric);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((metric) => !names.includes(metric) && !OF_OTHERS.test(metric))).toEqual([]);
  });
});

describe('the runbook', () => {
  it('has an entry for each alert, and no other', () => {
    const entries = [...RUNBOOK.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(entries.sort()).toEqual([...new Set(alertRules.map(({ alert }) => alert))].sort());
  });

  it('has meaning, symptom, check, action and resolution in each entry', () => {
    for (const entry of RUNBOOK.split(/^### /m).slice(1)) {
      const name = entry.slice(0, entry.indexOf('\n'));
      const labels = [...entry.matchAll(/^\*\*(.+?)\.\*\* /gm)].map(([, label]) => label);
      expect([name, ...labels]).toEqual([name, 'Meaning', 'Symptom', 'Check', 'What to do', 'Resolved']);
    }
  });
});

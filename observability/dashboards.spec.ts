import { describe, expect, it } from '@jest/globals';
import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import { dashboards, panelsOf, targetsOf, type Panel } from '../test/support/dashboards.js';
import { seriesNames } from '../test/support/metric-names.js';
import { selectorsOf } from '../test/support/promql.js';

const OF_OTHERS = /^(up|process_\w+|nodejs_\w+)$/;

describe.each(dashboards)('the dashboard %s', (file, dashboard) => {
  const panels = panelsOf(dashboard);
  const shown = panels.filter(({ type }) => type !== 'row');

  it('works with Grafana 11 and newer, and has a uid', () => {
    expect(dashboard.schemaVersion).toBeGreaterThanOrEqual(39);
    expect(`${dashboard.uid}.json`).toBe(`messages-${file}`);
  });

  it('has panels with unique ids that do not overlap and fit the grid', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    expect(overlapping(dashboard.panels)).toEqual([]);
  });

  it.each(shown.map((panel) => [panel.title, panel] as const))(
    '%s says what it shows, in which unit, from a data source that can be chosen',
    (_title, { description = '', fieldConfig, datasource, targets = [] }) => {
      expect(description).toMatch(/^[A-Z0-9].*\.$/);
      expect(fieldConfig?.defaults.unit).toMatch(/^[a-z]+$/i);
      expect(fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
      expect(targets.length).toBeGreaterThan(0);
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const target of targets) {
        expect(target.datasource).toEqual(datasource);
        const isSql = datasource?.type === 'grafana-postgresql-datasource';
        expect(datasource).toEqual(
          isSql ? { type: datasource.type, uid: '${mart}' } : { type: 'prometheus', uid: '${prometheus}' },
        );
        expect(isSql ? target.rawSql : target.expr).toMatch(/\S/);
      }
    },
  );

  it('uses only variables that it defines', () => {
    const known = [...dashboard.templating.list.map(({ name }) => name), '__rate_interval', '__all'];
    const named = [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the queries of the dashboards', () => {
  const names = Object.values(METRIC_DEFINITIONS).flatMap(seriesNames);

  it.each(targetsOf('expr'))('%s: reads existing metrics', (_where, expr) => {
    const metrics = selectorsOf(expr).map(({ metric }) => metric);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((metric) => !names.includes(metric) && !OF_OTHERS.test(metric))).toEqual([]);
  });

  it('show every metric of the gateway, consumer, producer and Spark job', () => {
    const read = targetsOf('expr').flatMap(([, expr]) => selectorsOf(expr).map(({ metric }) => metric));
    const unseen = Object.values(METRIC_DEFINITIONS)
      .filter(({ apps }) => !(apps as readonly string[]).every((app) => app === 'mart-init'))
      .filter((metric) => !seriesNames(metric).some((name) => read.includes(name)));

    // Each of them says less than a metric that is shown.
    expect(unseen.map(({ name }) => name)).toEqual([
      'messages_repeated_headers_total',
      'messages_producer_position_rows',
      'messages_unknown_fields_total',
      'messages_skipped_total',
      'kafka_topic_partition_leader',
      'messages_source_position_rows',
    ]);
  });
});

/** Pairs of titles whose rectangles share a cell of the grid. */
function overlapping(panels: readonly Panel[]): string[] {
  return panels.flatMap(({ title, gridPos: a }, i) =>
    panels
      .slice(i + 1)
      .filter(({ gridPos: b }) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h)
      .map((other) => `${title} and ${other.title}`),
  );
}

import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { METRIC_DEFINITIONS } from '#platform/metrics/metric-definitions.js';
import { formatted } from '../dictionary/formatted.js';
import { METRICS_PAGE_FILE, metricsPage } from './metrics-page.js';

describe('the page of metrics', () => {
  it('is up to date; if not, run `npm run docs`', async () => {
    const file = new URL(`../../${METRICS_PAGE_FILE}`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(await formatted(metricsPage(), METRICS_PAGE_FILE));
  });

  it('has a line for each metric of each app', () => {
    const lines = metricsPage().split('\n');
    for (const { name, apps } of Object.values(METRIC_DEFINITIONS)) {
      expect(lines.filter((line) => line.startsWith(`| \`${name}\` |`))).toHaveLength(apps.length);
    }
  });
});

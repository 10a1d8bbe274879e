import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROMETHEUS_RULE, prometheusRule } from '../../tools/k8s/prometheus-rule.js';
import { RENDERED_FOLDER, renderedFiles, renderManifests } from '../../tools/k8s/renderings.js';

jest.setTimeout(60_000);

describe('deploy/k8s/rendered; if a test fails, run `npm run k8s:render`', () => {
  let expected: Readonly<Record<string, string>>;

  beforeAll(async () => {
    expected = renderedFiles(await renderManifests());
  });

  it('has a file for the root, each overlay and each component, and no other', () => {
    const files = readdirSync(RENDERED_FOLDER).map((file) => join(RENDERED_FOLDER, file));
    expect(files.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(readdirSync(RENDERED_FOLDER))('%s matches its sources', (file) => {
    const path = join(RENDERED_FOLDER, file);
    expect(readFileSync(path, 'utf8')).toBe(expected[path]);
  });

  it('contains the alert rules that are tested with Prometheus', async () => {
    expect(readFileSync(PROMETHEUS_RULE, 'utf8')).toBe(await prometheusRule());
  });
});

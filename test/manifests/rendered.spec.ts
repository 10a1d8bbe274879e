import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROMETHEUS_RULE, prometheusRule } from '../../tools/k8s/prometheus-rule.js';
import { RENDERED_FOLDER, renderManifests } from '../../tools/k8s/renderings.js';

jest.setTimeout(60_000);

/** The other suites read the copies, so this one holds for all of them. */
describe('the rendered copies; if they are not as they should be, run `npm run k8s:render`', () => {
  let rendered: Readonly<Record<string, string>>;

  beforeAll(async () => {
    rendered = await renderManifests();
  });

  it('are there for the root, each overlay and each component, and no other ones', () => {
    expect(readdirSync(RENDERED_FOLDER).map((file) => join(RENDERED_FOLDER, file))).toEqual(
      Object.keys(rendered).sort(),
    );
  });

  it.each(readdirSync(RENDERED_FOLDER))('%s is what kubectl makes of the sources', (file) => {
    const path = join(RENDERED_FOLDER, file);
    expect(readFileSync(path, 'utf8')).toBe(rendered[path]);
  });

  it('have the alert rules that Prometheus is tested with', async () => {
    expect(readFileSync(PROMETHEUS_RULE, 'utf8')).toBe(await prometheusRule());
  });
});

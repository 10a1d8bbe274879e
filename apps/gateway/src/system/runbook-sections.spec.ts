import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

const sections = new Set([...read('../../../../docs/runbook.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name!));
const sources = [
  './component-watch.ts',
  ...readdirSync(new URL('./components', import.meta.url)).map((name) => `./components/${name}`),
];

describe('sections of the runbook that components name', () => {
  const named = sources.flatMap((source) => [...read(source).matchAll(/runbook: '(\w+)'/g)].map(([, name]) => name!));

  it('are found in the sources', () => {
    expect(named).toEqual(expect.arrayContaining(['ConsumerDead', 'PartDown', 'PartDegraded', 'QuarantineRateHigh']));
  });

  it.each([...new Set(named)])('%s exists', (name) => {
    expect(sections).toContain(name);
  });
});

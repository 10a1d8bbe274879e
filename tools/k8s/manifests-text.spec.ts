import { describe, expect, it } from '@jest/globals';
import { formatManifests, parseManifests } from './manifests-text.js';

describe('parseManifests', () => {
  it.each([
    ['mode: 0444', { mode: 292 }],
    ['flag: on', { flag: true }],
    ['flag: "on"', { flag: 'on' }],
    ['port: 1:30', { port: '1:30' }],
    ['day: 2026-11-25', { day: '2026-11-25' }],
  ])('reads %s as Kubernetes does', (text, object) => {
    expect(parseManifests(text)).toEqual([object]);
  });

  it('skips empty documents', () => {
    expect(parseManifests('---\n# nothing\n---\na: 1\n---\n')).toEqual([{ a: 1 }]);
  });

  it('rejects a duplicate key', () => {
    expect(() => parseManifests('a: 1\na: 2')).toThrow('unique');
  });
});

describe('formatManifests', () => {
  const service = 'kind: Service\nmetadata: {name: b}\napiVersion: v1\n';
  const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n';

  it('does not depend on the order of objects and fields', () => {
    const formatted = formatManifests(`${service}---\n${account}`);
    expect(formatted).toBe(formatManifests(`${account}---\n${service}`));
    expect(formatted).toBe(
      '---\napiVersion: v1\nkind: Service\nmetadata:\n  name: b\n' +
        '---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n',
    );
  });

  it('quotes strings that look like another type', () => {
    const odd = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a' },
      data: { on: 'yes', mode: '0444', at: '1:30', no: '' },
    };
    expect(parseManifests(formatManifests(JSON.stringify(odd)))).toEqual([odd]);
  });
});

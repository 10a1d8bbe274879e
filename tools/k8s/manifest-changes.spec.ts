import { describe, expect, it } from '@jest/globals';
import { describeChanges } from './manifest-changes.js';

const service = (port: number, more = '') =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  clusterIP: None\n  ports:\n    - port: ${port}\n${more}`;
const settings = (hash: string, value: string) =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `settings-${hash}` }, data: { value } });
const account = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: b\n';

describe('describeChanges', () => {
  it('skips equal objects, in any order', () => {
    expect(describeChanges(`${account}---\n${service(80)}`, `${service(80)}---\n${account}`)).toBe('');
  });

  it('shows differing lines with two lines of context', () => {
    expect(describeChanges(service(80), service(81))).toBe(
      'changed: Service a\n@@\n   clusterIP: None\n   ports:\n-    - port: 80\n+    - port: 81\n',
    );
  });

  it('shows changes that are far apart as separate hunks', () => {
    const labels = (first: string, last: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  labels: {${[first, ...'cdefghi', last].map((key) => `${key}: x`).join(', ')}}\n`;
    const changes = describeChanges(labels('a', 'y'), labels('b', 'z'));
    expect(changes.match(/^@@$/gm)).toHaveLength(2);
    expect(changes).toContain('+    b: x\n     c: x\n     d: x\n@@\n');
  });

  it('shows an added object in full, and a removed one by name', () => {
    expect(describeChanges(service(80), account)).toBe(
      'removed: Service a\n\nadded: ServiceAccount b\n' +
        '+apiVersion: v1\n+kind: ServiceAccount\n+metadata:\n+  name: b\n',
    );
  });

  it('ignores the hash in the name of a ConfigMap', () => {
    expect(describeChanges(settings('dhh5d4dcgm', 'x'), settings('gd24km9k2k', 'y'))).toContain(
      'changed: ConfigMap settings\n',
    );
  });

  it('shows size and digest of a long text, so that every change is visible', () => {
    const long = (last: string) => `${'line\n'.repeat(40)}${last}`;
    const changes = describeChanges(settings('dhh5d4dcgm', long('a')), settings('gd24km9k2k', long('b')));
    expect(changes).toMatch(/- {2}value: \(41 lines, sha256 \w{16}\)\n\+ {2}value: \(41 lines, sha256 \w{16}\)/);
  });
});

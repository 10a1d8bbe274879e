import { describe, expect, it } from '@jest/globals';
import { shippedBom, type Bom } from './bom.js';

const component = (name: string, isDevelopment = false) => ({
  ...{ type: 'library', 'bom-ref': `${name}@1.0.0`, name, version: '1.0.0', purl: `pkg:npm/${name}@1.0.0` },
  properties: isDevelopment ? [{ name: 'cdx:npm:package:development', value: 'true' }] : [],
});

describe('shippedBom', () => {
  const bom: Bom = {
    components: [component('express'), component('jest', true), component('preact', true)],
    dependencies: [
      { ref: 'root', dependsOn: ['express@1.0.0', 'jest@1.0.0', 'preact@1.0.0'] },
      { ref: 'jest@1.0.0', dependsOn: ['express@1.0.0'] },
    ],
  };
  const shipped = shippedBom(bom, '## preact - 1.0.0 (MIT)\n', ['# pinned\npyspark==4.2.0 \\\n    --hash=sha256:1\n']);

  it('has the packages of the apps, the page and the Spark job, and no tool', () => {
    expect(shipped.components.map(({ purl }) => purl)).toEqual([
      'pkg:npm/express@1.0.0',
      'pkg:npm/preact@1.0.0',
      'pkg:pypi/pyspark@4.2.0',
    ]);
  });

  it('refers to none that it does not have', () => {
    expect(shipped.dependencies).toEqual([{ ref: 'root', dependsOn: ['express@1.0.0', 'preact@1.0.0'] }]);
  });
});

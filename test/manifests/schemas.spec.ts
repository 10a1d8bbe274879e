import { describe, expect, it } from '@jest/globals';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { RENDERINGS } from '../support/manifests/rendered.js';
import { KUBERNETES_VERSIONS, SchemaCheck } from '../support/manifests/schemas.js';

describe.each(KUBERNETES_VERSIONS)('Kubernetes %s', (version) => {
  const check = new SchemaCheck(process.env.KUBERNETES_SCHEMAS!, version);
  const service = (spec: object): Manifest & { spec: object } => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'a' },
    spec,
  });

  it.each(RENDERINGS)('accepts every object of %s', (_name, { manifests }) => {
    expect(manifests.flatMap((manifest) => check.violations(manifest))).toEqual([]);
  });

  it.each([
    ['an unknown field', service({ port: 80 }), 'must NOT have additional properties {"additionalProperty":"port"}'],
    ['a value of the wrong type', service({ selector: 'a' }), 'must be object'],
    ['an unknown kind', { ...service({}), apiVersion: 'extensions/v1beta1' }, 'there is no extensions/v1beta1 Service'],
  ])('refuses %s', (_what, manifest, violation) => {
    expect(check.violations(manifest)).toEqual([expect.stringContaining(violation)]);
  });
});

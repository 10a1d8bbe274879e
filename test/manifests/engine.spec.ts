import { expect, it } from '@jest/globals';
import type { Manifest } from '../support/manifests/kubernetes.js';
import { ManifestSet } from '../support/manifests/manifest-set.js';
import { engine } from '../support/manifests/rules/engine.js';

function deployment(name: string, replicas: number | undefined, container: object = {}): Manifest {
  const spec = { replicas, template: { spec: { containers: [{ name, ...container }] } } };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name }, spec } as Manifest;
}

const consumers = (replicas?: number) => deployment('consumer', replicas);
const job = (...args: string[]) => deployment('spark-job', 1, { args });

it.each([
  ['consumer', [consumers()], []],
  ['both', [consumers(), job('--follow')], []],
  ['spark', [consumers(0), job()], []],
  ['consumer', [consumers(), job('--follow')], ['both']],
  ['both', [consumers(0), job()], ['spark']],
  ['both', [consumers(), job()], ['a second live writer']],
  ['spark', [consumers(0), job('--follow')], ['a follower without a consumer']],
  ['consumer', [consumers(0)], ['nothing']],
])('expected: %s', (expected, engines, violations) => {
  const gateway = deployment('gateway', 1, { env: [{ name: 'PIPELINE_ENGINE', value: expected }] });
  expect(engine.violations(new ManifestSet([gateway, ...engines]))).toEqual(
    violations.map((violation) =>
      expect.stringContaining(`PIPELINE_ENGINE is ${expected}, but the manifests run ${violation}`),
    ),
  );
});

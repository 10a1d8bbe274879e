import { expect, it } from '@jest/globals';
import type { Container } from '../support/manifests/kubernetes.js';
import { quantity } from '../support/manifests/quantity.js';
import { rendering } from '../support/manifests/rendered.js';

const set = rendering('overlay-local');

it.each([
  ['cpu', '2'],
  ['memory', '8Gi'],
] as const)('long-running pods request no more %s than a machine with %s has', (resource, size) => {
  const asked = (containers: readonly Container[]) =>
    containers.reduce((sum, { resources }) => sum + quantity(resources?.requests?.[resource] ?? '0'), 0);
  const pods = set.workloads.filter(({ longRunning }) => longRunning);
  const sum = pods.reduce((total, { pod, replicas = 1 }) => total + replicas * asked(pod.containers), 0);
  expect(sum).toBeLessThan(quantity(size));
});

it('every workload has one replica', () => {
  expect(set.workloads.filter(({ replicas = 1 }) => replicas !== 1)).toEqual([]);
  expect(set.autoscalers()).toEqual([]);
});

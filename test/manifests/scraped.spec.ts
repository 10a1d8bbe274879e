import { describe, expect, it } from '@jest/globals';
import { portOf } from '../support/manifests/addresses.js';
import type { LabelSelector, Manifest } from '../support/manifests/kubernetes.js';
import { selects } from '../support/manifests/label-selector.js';
import type { ManifestSet } from '../support/manifests/manifest-set.js';
import { rendering } from '../support/manifests/rendered.js';

interface Endpoint {
  readonly port: string;
  readonly path: string;
}

/** Of the Prometheus operator, and of Google's managed Prometheus. */
interface PodMonitor extends Manifest {
  readonly spec: { readonly selector: LabelSelector; readonly podMetricsEndpoints: readonly Endpoint[] };
}
interface PodMonitoring extends Manifest {
  readonly spec: { readonly selector: LabelSelector; readonly endpoints: readonly Endpoint[] };
}

/** Each part with what is asked for its metrics, such as 'consumer:3000/metrics'. */
function scraped(set: ManifestSet, selector: LabelSelector, endpoints: readonly Endpoint[]): string[] {
  return set.workloads
    .filter(({ podLabels }) => selects(selector, podLabels))
    .flatMap((part) =>
      endpoints.map(({ port, path }) => `${part.manifest.metadata.name}:${portOf(part, port)}${path}`),
    );
}

describe('whoever collects metrics asks every part that has some, at the port where it has them:', () => {
  const expected = [
    'consumer:3000/metrics',
    'gateway:3000/metrics',
    'producer:3000/metrics',
    'spark-job:3000/metrics',
    'spark-master:8080/metrics/master/prometheus/',
    'spark-worker:8081/metrics/prometheus/',
  ];

  it('a Prometheus operator', () => {
    const set = rendering('component-monitoring');
    const found = set
      .ofKind<PodMonitor>('PodMonitor')
      .flatMap(({ spec }) => scraped(set, spec.selector, spec.podMetricsEndpoints));
    expect(found.sort()).toEqual(expected);
  });

  it('managed Prometheus', () => {
    const set = rendering('component-managed-prometheus');
    const found = set
      .ofKind<PodMonitoring>('PodMonitoring')
      .flatMap(({ spec }) => scraped(set, spec.selector, spec.endpoints));
    expect(found.sort()).toEqual(expected);
  });
});

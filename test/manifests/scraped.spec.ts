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

/** PodMonitor of the Prometheus operator, and PodMonitoring of Google's managed Prometheus. */
interface Scraping extends Manifest {
  readonly spec: {
    readonly selector: LabelSelector;
    readonly podMetricsEndpoints?: readonly Endpoint[];
    readonly endpoints?: readonly Endpoint[];
  };
}

/** The scraped endpoint of each component, such as 'consumer:3000/metrics'. */
function scraped(set: ManifestSet, { spec }: Scraping): string[] {
  const endpoints = spec.podMetricsEndpoints ?? spec.endpoints ?? [];
  return set.workloads
    .filter(({ podLabels }) => selects(spec.selector, podLabels))
    .flatMap((part) =>
      endpoints.map(({ port, path }) => `${part.manifest.metadata.name}:${portOf(part, port)}${path}`),
    );
}

describe('every component with metrics is scraped at the right port:', () => {
  const expected = [
    'consumer:3000/metrics',
    'gateway:3000/metrics',
    'producer:3000/metrics',
    'spark-job:3000/metrics',
    'spark-master:8080/metrics/master/prometheus/',
    'spark-worker:8081/metrics/prometheus/',
  ];

  it.each([
    ['a Prometheus operator', 'component-monitoring', 'PodMonitor'],
    ['managed Prometheus', 'component-managed-prometheus', 'PodMonitoring'],
  ])('%s', (_who, component, kind) => {
    const set = rendering(component);
    const found = set.ofKind<Scraping>(kind).flatMap((scraping) => scraped(set, scraping));
    expect(found.sort()).toEqual(expected);
  });
});

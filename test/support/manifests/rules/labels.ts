import type { Labels } from '../kubernetes.js';
import type { Rule } from '../rule.js';
import { idOf, NAME } from '../workload.js';

const OF_PODS = [NAME, ...['component', 'part-of', 'managed-by'].map((name) => `app.kubernetes.io/${name}`)];
const VERSION = 'app.kubernetes.io/version';

export const labels: Rule = {
  name: 'every object has the recommended labels',
  violations: (set) => [
    ...set.manifests.flatMap((manifest) =>
      missing(manifest.metadata.labels, [...OF_PODS, VERSION]).map((label) => `${idOf(manifest)}: no label ${label}`),
    ),
    ...set.workloads.flatMap(({ id, podLabels, claims }) => [
      ...missing(podLabels, OF_PODS).map((label) => `${id}: its pods have no label ${label}`),
      // Otherwise each version would restart all pods, even with the same image, and the claims of a StatefulSet cannot change.
      ...[podLabels, ...claims.map(({ metadata }) => metadata.labels ?? {})]
        .filter((ofTemplate) => VERSION in ofTemplate)
        .map(() => `${id}: a template has the label ${VERSION}`),
    ]),
  ],
};

function missing(found: Labels = {}, expected: readonly string[]): string[] {
  return expected.filter((label) => !found[label]);
}

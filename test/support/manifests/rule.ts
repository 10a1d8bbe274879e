import type { ManifestSet } from './manifest-set.js';

/** A rule for all manifests. */
export interface Rule {
  readonly name: string;
  /** A line for each violation, such as 'Deployment/consumer, container consumer: no memory limit'. */
  readonly violations: (set: ManifestSet) => string[];
}

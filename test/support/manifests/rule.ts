import type { ManifestSet } from './manifest-set.js';

/** Something that holds for all manifests. */
export interface Rule {
  readonly name: string;
  /** A line for each object that breaks it, for example 'Deployment/consumer, container consumer: no limit of memory'. */
  readonly violations: (set: ManifestSet) => string[];
}

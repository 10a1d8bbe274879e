import { renderManifests } from '../../../tools/k8s/renderings.js';
import { ManifestSet } from './manifest-set.js';

/** The root, each overlay and each component as kubectl renders them now, sorted by name. */
export const RENDERINGS: readonly (readonly [name: string, set: ManifestSet])[] = Object.entries(
  await renderManifests(),
)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, text]) => [name, ManifestSet.parse(text)]);

/** @throws Error if there is none with this name */
export function rendering(name: string): ManifestSet {
  const found = RENDERINGS.find(([rendered]) => rendered === name);
  if (found === undefined) throw new Error(`deploy/k8s has no ${name}`);
  return found[1];
}

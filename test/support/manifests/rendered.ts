import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RENDERED_FOLDER } from '../../../tools/k8s/renderings.js';
import { ManifestSet } from './manifest-set.js';

/** [name, what it holds] of each rendering in git; one suite compares them with the sources. */
export const RENDERINGS: readonly (readonly [string, ManifestSet])[] = readdirSync(RENDERED_FOLDER)
  .sort()
  .map((file) => [file.replace(/\.yaml$/, ''), ManifestSet.parse(readFileSync(join(RENDERED_FOLDER, file), 'utf8'))]);

/** @throws Error where it is not there */
export function rendering(name: string): ManifestSet {
  const found = RENDERINGS.find(([rendered]) => rendered === name);
  if (found === undefined)
    throw new Error(`There is no ${name}.yaml in ${RENDERED_FOLDER}: run \`npm run k8s:render\``);
  return found[1];
}

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Output of Vite, whether the gateway runs as sources or built. */
export const PAGE_FOLDER = resolve(
  import.meta.dirname.replace(/([\\/]dist)?[\\/]apps[\\/]gateway[\\/].*$/, ''),
  'dist/apps/page',
);

/** Files of the page without a hash in their name. */
export const PAGE_FILES = ['icon.svg', 'licenses.md', 'index.html'];

/** Names below which the page is served; the first is empty. None if the page was not built. */
export function pageNames(): string[] {
  try {
    return JSON.parse(readFileSync(resolve(PAGE_FOLDER, 'page-names.json'), 'utf8')) as string[];
  } catch {
    return [];
  }
}

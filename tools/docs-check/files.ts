import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot } from '../../dev/services/project.js';

/** All paths below are relative to it. */
export const ROOT = findProjectRoot();

/** Not the project's own text: downloads, build output, and local folders of maintainers. */
const SKIPPED = new Set(['node_modules', 'dist', 'coverage', '.git', '.local', '.ci']);

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Every file below a folder, hidden ones included. */
export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) return entry.isFile() ? [path] : [];
    return SKIPPED.has(entry.name) || entry.name.startsWith('.terraform') ? [] : filesBelow(path);
  });
}

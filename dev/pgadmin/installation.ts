import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../python/virtual-environment.js';
import { findProjectRoot } from '../services/project.js';

/** Pins the version. */
export const REQUIREMENTS = join(findProjectRoot(), 'dev', 'pgadmin', 'requirements.txt');

/** '9.18', as pinned in the requirements. */
export function pinnedVersion(requirements: string): string {
  const version = /^pgadmin4==(\S+)$/m.exec(requirements)?.[1];
  if (version === undefined) throw new Error('dev/pgadmin/requirements.txt pins no pgadmin4');
  return version;
}

/**
 * Installs pgAdmin if it is missing.
 * @returns the path of its Python
 * @throws ServiceError the codes of ensureVirtualEnvironment
 */
export async function ensureInstallation(options: InstallationOptions): Promise<string> {
  const version = pinnedVersion(await readFile(REQUIREMENTS, 'utf8'));
  const pgAdmin = {
    name: 'pgAdmin',
    title: version,
    size: '600 MB',
    command: 'npm run pgadmin',
    oldestPython: [3, 9], // pgAdmin 9 needs 3.9
    requirements: REQUIREMENTS,
    hashed: false,
    modules: 'pgadmin4',
  } as const;
  return ensureVirtualEnvironment(pgAdmin, options);
}

import { join } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../../dev/python/virtual-environment.js';
import { findProjectRoot } from '../../dev/services/project.js';

/**
 * Installs checkov, a linter for the security of infrastructure, unless it is there already.
 * @returns the program
 * @throws ServiceError as ensureVirtualEnvironment
 */
export async function ensureCheckov(options: InstallationOptions): Promise<string> {
  const checkov = {
    name: 'The check of the security of deploy/terraform',
    title: 'checkov',
    size: '290 MB',
    command: 'npm run test:terraform',
    oldestPython: [3, 9],
    requirements: join(findProjectRoot(), 'tools', 'terraform', 'requirements.txt'),
    hashed: false,
    modules: 'checkov',
  } as const;
  const python = await ensureVirtualEnvironment(checkov, options);
  return join(python, '..', 'checkov');
}

import { join } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../../dev/python/virtual-environment.js';
import { findProjectRoot } from '../../dev/services/project.js';

/**
 * Installs checkov, a security linter for infrastructure, if it is missing.
 * @returns the path of the program
 * @throws ServiceError the codes of ensureVirtualEnvironment
 */
export async function ensureCheckov(options: InstallationOptions): Promise<string> {
  const checkov = {
    name: 'The security check of deploy/terraform',
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

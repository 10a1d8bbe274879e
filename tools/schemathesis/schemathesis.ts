import { join } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../../dev/python/virtual-environment.js';
import { findProjectRoot } from '../../dev/services/project.js';

/**
 * Installs schemathesis, which makes requests from an OpenAPI document, if it is missing.
 * @returns the path of the program
 * @throws ServiceError the codes of ensureVirtualEnvironment
 */
export async function ensureSchemathesis(options: InstallationOptions): Promise<string> {
  const schemathesis = {
    name: 'The test of the REST interface',
    title: 'schemathesis',
    size: '100 MB',
    command: 'npm run test:api',
    oldestPython: [3, 10],
    requirements: join(findProjectRoot(), 'tools', 'schemathesis', 'requirements.txt'),
    hashed: true,
    modules: 'schemathesis',
  } as const;
  const python = await ensureVirtualEnvironment(schemathesis, options);
  return join(python, '..', 'schemathesis');
}

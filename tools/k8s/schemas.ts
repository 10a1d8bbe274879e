import { join } from 'node:path';
import { ensureVirtualEnvironment, type InstallationOptions } from '../../dev/python/virtual-environment.js';
import { runTool } from '../../dev/services/run-tool.js';
import { findProjectRoot } from '../../dev/services/project.js';

/** Where the schemas are installed; all test runs share them. */
export const LOCAL_K8S = join(findProjectRoot(), '.local', 'k8s');

const WHERE_SCHEMAS_ARE = `
import os, kubernetes_validate
print(os.path.join(os.path.dirname(kubernetes_validate.__file__), "kubernetes-json-schema"))`;

/** An installation of the schemas, for tests without a cluster. */
export interface KubernetesSchemas {
  /** The path of the virtual environment's Python. */
  readonly python: string;
  /** Holds a folder for each version, such as `v1.37.0-local-strict`. */
  readonly folder: string;
}

/**
 * Installs the JSON schemas of Kubernetes if they are missing.
 * @throws ServiceError the codes of ensureVirtualEnvironment
 */
export async function ensureSchemas(options: InstallationOptions): Promise<KubernetesSchemas> {
  const schemas = {
    name: 'The check of the Kubernetes manifests',
    title: 'the JSON schemas of Kubernetes',
    size: '120 MB',
    command: 'npm run test:manifests',
    // Needed not by the schemas but by the Spark job's code, which reads the job's configuration.
    oldestPython: [3, 11],
    requirements: join(findProjectRoot(), 'tools', 'k8s', 'requirements.txt'),
    hashed: false,
    modules: 'kubernetes_validate',
  } as const;
  const python = await ensureVirtualEnvironment(schemas, options);
  const { output } = await runTool(python, ['-c', WHERE_SCHEMAS_ARE]);
  return { python, folder: output.trim() };
}

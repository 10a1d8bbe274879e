import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ServiceError } from '../../dev/services/service-error.js';

/**
 * Renders what `kubectl apply -k FOLDER` would send, as YAML. Needs no cluster.
 * @throws ServiceError KUBECTL_MISSING, KUSTOMIZE_FAILED
 */
export async function kustomize(folder: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('kubectl', ['kustomize', folder], { maxBuffer: 64 * 1024 * 1024 });
    return stdout;
  } catch (cause) {
    const { code, stderr } = cause as { code?: unknown; stderr?: string };
    if (code === 'ENOENT') {
      throw new ServiceError(
        'KUBECTL_MISSING',
        'kubectl renders the Kubernetes manifests, but was not found. Install it (https://kubernetes.io/docs/tasks/tools/; ' +
          'macOS: brew install kubernetes-cli), then try again. No cluster is needed.',
        { cause },
      );
    }
    throw new ServiceError('KUSTOMIZE_FAILED', `${folder} could not be rendered: ${stderr?.trim()}`, { cause });
  }
}

import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from '../../dev/services/run-tool.js';
import { ServiceError } from '../../dev/services/service-error.js';

const KEPT = ['.terraform', '.terraform.lock.hcl'];

/**
 * Copies deploy/terraform and initialises the copy without a backend, so that a configuration initialised for a real cluster stays
 * untouched. The copy keeps its provider from run to run, unless the source changed: a registry and a mirror have different
 * checksums.
 * @throws ServiceError TERRAFORM_MISSING, TERRAFORM_INIT_FAILED
 */
export async function copyConfiguration(root: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of await readdir(folder)) if (!KEPT.includes(name)) await rm(join(folder, name), { recursive: true });
  const filter = (path: string) => !basename(path).startsWith('.') && !path.endsWith('.tfvars');
  await cp(join(root, 'deploy', 'terraform'), folder, { recursive: true, filter });

  const init = () => runTool('terraform', ['init', '-backend=false', '-input=false', '-no-color'], { cwd: folder });
  let { exitCode, error, output } = await init();
  if (exitCode !== 0 && error === undefined) {
    for (const name of KEPT) await rm(join(folder, name), { recursive: true, force: true });
    ({ exitCode, error, output } = await init());
  }
  if (error?.code === 'ENOENT') {
    throw new ServiceError(
      'TERRAFORM_MISSING',
      'terraform was not found. Install it (https://developer.hashicorp.com/terraform/install; macOS: brew install ' +
        'hashicorp/tap/terraform), 1.11 or newer, then try again. No account is needed.',
      { cause: error },
    );
  }
  if (exitCode !== 0) {
    throw new ServiceError(
      'TERRAFORM_INIT_FAILED',
      'terraform init failed. It downloads the google provider from its registry, or from the mirror that TF_CLI_CONFIG_FILE configures.\n' +
        output.trim(),
    );
  }
}

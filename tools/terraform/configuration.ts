import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runTool } from '../../dev/services/run-tool.js';
import { ServiceError } from '../../dev/services/service-error.js';

const KEPT = ['.terraform', '.terraform.lock.hcl'];

/**
 * Copies deploy/terraform and initialises the copy, without a backend: what somebody has initialised with the state of a real cluster
 * stays as it is. The copy keeps its provider from one run to the next, unless it comes from elsewhere now: a registry's and a mirror's
 * have other checksums.
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
      'No terraform was found. Install it (https://developer.hashicorp.com/terraform/install; macOS: brew install ' +
        'hashicorp/tap/terraform), 1.11 or newer, then try again. No account is needed.',
      { cause: error },
    );
  }
  if (exitCode !== 0) {
    throw new ServiceError(
      'TERRAFORM_INIT_FAILED',
      'terraform init failed. It takes the google provider from its registry, or from where TF_CLI_CONFIG_FILE names a mirror.\n' +
        output.trim(),
    );
  }
}

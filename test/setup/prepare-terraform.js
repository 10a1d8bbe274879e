import { join } from 'node:path';
import { findProjectRoot } from '../../dist/dev/services/project.js';
import { ensureCheckov } from '../../dist/tools/terraform/checkov.js';
import { copyConfiguration } from '../../dist/tools/terraform/configuration.js';

/** Installs checkov where it is missing and initialises a copy of deploy/terraform, once for all suites, and tells these where they are. */
export default async function prepare() {
  const root = findProjectRoot();
  const folder = join(root, '.local', 'terraform');
  process.env.CHECKOV = await ensureCheckov({ folder, log: (line) => console.log(line) });
  process.env.TERRAFORM_COPY = join(folder, 'configuration');
  await copyConfiguration(root, process.env.TERRAFORM_COPY);
}

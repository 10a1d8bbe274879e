import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

// Plain JavaScript without dependencies: this runs before anything is installed or built.

const REQUIRED = [20, 19];

/** Installs the npm packages if needed and builds, so that the commands of the README work right after a clone. */
export function bootstrap({ build = true } = {}) {
  process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < REQUIRED[0] || (major === REQUIRED[0] && minor < REQUIRED[1])) {
    fail(`Node ${REQUIRED.join('.')} or newer is needed, this is ${process.versions.node}; install a newer one.`);
  }
  if (isStale('node_modules/.package-lock.json', 'package-lock.json')) {
    console.log('Installing the npm packages (once)…');
    npm(['ci', '--loglevel=error']);
  }
  if (build) npm(['run', '--silent', 'build']);
}

function isStale(product, source) {
  return !existsSync(product) || statSync(product).mtimeMs < statSync(source).mtimeMs;
}

function npm(args) {
  const { status, error } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status !== 0) fail(`\`npm ${args.join(' ')}\` failed${error ? `: ${error.message}` : ''}; see its output above.`);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { quoteLog } from '../services/log-file.js';
import { findProjectRoot } from '../services/project.js';
import { runTool } from '../services/run-tool.js';
import { ServiceError } from '../services/service-error.js';
import { claimState } from '../services/state-lock.js';
import { installationEnvironment, pythonProgram } from './config/environment.js';
import { checkPython } from './python.js';

/** Pins the version. */
export const REQUIREMENTS = join(findProjectRoot(), 'local', 'pgadmin', 'requirements.txt');

export interface InstallationOptions {
  /** The virtual environment `venv` is made in it; may serve several state folders. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** '9.18', as pinned in the requirements. */
export function pinnedVersion(requirements: string): string {
  const version = /^pgadmin4==(\S+)$/m.exec(requirements)?.[1];
  if (version === undefined) throw new Error('local/pgadmin/requirements.txt pins no pgadmin4');
  return version;
}

/**
 * Installs pgAdmin into a virtual environment, unless the same requirements are installed there already.
 * @returns its Python
 * @throws ServiceError PYTHON_MISSING, PYTHON_TOO_OLD, PYTHON_WITHOUT_VENV, PGADMIN_INSTALL_FAILED, STATE_IN_USE
 */
export async function ensureInstallation({ folder, log, signal }: InstallationOptions): Promise<string> {
  const requirements = await readFile(REQUIREMENTS, 'utf8');
  const venv = resolve(folder, 'venv');
  const python = join(venv, 'bin', 'python');
  // Written last, so that an installation that was broken off counts for nothing.
  const stamp = join(venv, 'installed-requirements.txt');
  if (await isInstalled(python, stamp, requirements)) return python;

  const env = installationEnvironment();
  await checkPython(pythonProgram(), env);
  const release = claimState(join(folder, 'installation'));
  try {
    if (await isInstalled(python, stamp, requirements)) return python; // by another process meanwhile
    log(`installing ${pinnedVersion(requirements)} into ${join(folder, 'venv')} (once; 600 MB, a minute or two)…`);
    await rm(venv, { recursive: true, force: true });
    const run = installer(join(folder, 'installation', 'install.log'), env, log, signal);
    await run(pythonProgram(), ['-m', 'venv', venv]);
    await run(python, [
      ...['-m', 'pip', 'install', '--requirement', REQUIREMENTS],
      ...['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'],
    ]);
    await writeFile(stamp, requirements);
    return python;
  } finally {
    release();
  }
}

async function isInstalled(python: string, stamp: string, requirements: string): Promise<boolean> {
  if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== requirements) return false;
  // The Python on which it was built may have been removed or replaced.
  const { exitCode } = await runTool(python, ['-c', 'import pgadmin4'], { cwd: '/' });
  return exitCode === 0;
}

/** Runs steps of the installation; what they say goes to the log file, and what takes long to the screen as well. */
function installer(logFile: string, env: NodeJS.ProcessEnv, log: (line: string) => void, signal?: AbortSignal) {
  return async (command: string, args: readonly string[]): Promise<void> => {
    const file = openSync(logFile, 'a');
    try {
      const { exitCode, error } = await runTool(command, args, { env, signal }, (line) => {
        writeSync(file, `${line}\n`);
        const download = downloadOf(line);
        if (download !== undefined) log(`  ${download}`);
      });
      signal?.throwIfAborted();
      if (exitCode === 0) return;
      throw new ServiceError(
        'PGADMIN_INSTALL_FAILED',
        'pgAdmin could not be installed. Check the network (behind a proxy or with a package index of your own: pip.conf or ' +
          `PIP_INDEX_URL), then run npm run pgadmin again. ${quoteLog(logFile)}`,
        { cause: error },
      );
    } finally {
      closeSync(file);
    }
  };
}

/** 'pgadmin4-9.18-py3-none-any.whl, 190.1 MB' from a line of pip about a large package; small ones pass too fast to matter. */
export function downloadOf(line: string): string | undefined {
  const match = /^\s*(?:Downloading|Using cached) (?:\S*\/)?(\S+) \(([\d.]+ MB)\)/.exec(line);
  return match ? `${match[1]}, ${match[2]}` : undefined;
}

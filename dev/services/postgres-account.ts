import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';

/** Who runs the server. Empty when it is the user of this process. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * PostgreSQL refuses to run as root. As root it is given to `postgres` where that user exists, else to `nobody`, which exists
 * everywhere: no user is added to the machine. A data folder that is already there stays with its owner.
 */
export async function chooseAccount(dataDirs: readonly string[]): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const existing = dataDirs.find((folder) => existsSync(folder));
  if (existing !== undefined) {
    const { uid, gid } = await stat(existing);
    return { uid, gid };
  }
  return (await lookUp('postgres')) ?? (await lookUp('nobody')) ?? { uid: 65_534, gid: 65_534 };
}

async function lookUp(user: string): Promise<Account | undefined> {
  const [uid, gid] = await Promise.all([runTool('id', ['-u', user]), runTool('id', ['-g', user])]);
  if (uid.exitCode !== 0 || gid.exitCode !== 0) return undefined;
  return { uid: Number(uid.output), gid: Number(gid.output) };
}

/** True when the account can reach this folder and list it: each folder above it must let it through. */
export async function canReach(folder: string, account: Account): Promise<boolean> {
  // A real attempt; working it out from modes would miss access lists and mount options.
  const { exitCode } = await runTool('ls', [folder], { ...account, cwd: '/' });
  return exitCode === 0;
}

/**
 * A folder that every account can reach, for a project below one that only root can enter (/root, say). Below /var/lib and
 * not /var/tmp: there, systems delete files that were not touched for some weeks, single files of a running database too.
 */
export async function makeReachableFolder(stateDir: string): Promise<string> {
  const folder = reachableFolderFor(stateDir);
  await mkdir(folder, { recursive: true });
  const { uid } = await lstat(folder);
  if (uid !== 0)
    throw new ServiceError('POSTGRES_INIT_FAILED', `${folder} is not root's own. Remove it and start again.`);
  await chmod(folder, 0o755);
  return folder;
}

/** The same folder for the same state folder. */
export function reachableFolderFor(stateDir: string): string {
  const digest = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
  return join('/var/lib', `messages-pipeline-${digest}`);
}

/** Makes the account the owner of a file or folder and of everything in it. */
export async function giveTo({ uid, gid }: Account, path: string): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  const { exitCode, output } = await runTool('chown', ['-R', `${uid}:${gid}`, path]);
  if (exitCode !== 0)
    throw new ServiceError('POSTGRES_INIT_FAILED', `${path} could not be given to the user ${uid}: ${output.trim()}`);
}

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.js';
import { ServiceError } from './service-error.js';

/** The user that runs the server; empty for the user of this process. */
export interface Account {
  uid?: number;
  gid?: number;
}

/**
 * PostgreSQL refuses to run as root. Root runs it as `postgres` if that user exists, otherwise as `nobody`, which always exists;
 * no user is added to the machine. An existing data folder keeps its owner.
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

/** True if the account can enter and list this folder, which needs access to each folder above it. */
export async function canReach(folder: string, account: Account): Promise<boolean> {
  // Try it: modes alone would miss access lists and mount options.
  const { exitCode } = await runTool('ls', [folder], { ...account, cwd: '/' });
  return exitCode === 0;
}

/**
 * A folder that every account can reach, for projects in a folder that only root can enter (such as /root). It is below
 * /var/lib, not /var/tmp, where systems delete files unused for weeks, even single files of a running database.
 */
export async function makeReachableFolder(stateDir: string): Promise<string> {
  const folder = reachableFolderFor(stateDir);
  await mkdir(folder, { recursive: true });
  const { uid } = await lstat(folder);
  if (uid !== 0)
    throw new ServiceError('POSTGRES_INIT_FAILED', `${folder} does not belong to root. Remove it and start again.`);
  await chmod(folder, 0o755);
  return folder;
}

/** The same result for the same state folder. */
export function reachableFolderFor(stateDir: string): string {
  const digest = createHash('sha256').update(stateDir).digest('hex').slice(0, 12);
  return join('/var/lib', `messages-pipeline-${digest}`);
}

/** Changes the owner of a file or a folder with everything in it. */
export async function giveTo({ uid, gid }: Account, path: string): Promise<void> {
  if (uid === undefined || gid === undefined) return;
  const { exitCode, output } = await runTool('chown', ['-R', `${uid}:${gid}`, path]);
  if (exitCode !== 0)
    throw new ServiceError('POSTGRES_INIT_FAILED', `${path} could not change owner to user ${uid}: ${output.trim()}`);
}

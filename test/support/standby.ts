import { execFile } from 'node:child_process';
import { appendFile, copyFile, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { makeReachableFolder, reachableFolderFor } from '../../dev/services/postgres-account.js';
import { PostgresServer } from '../../dev/services/postgres-server.js';
import { query } from './mart-database.js';

const run = promisify(execFile);

/** Turns the stopped copy of a data folder into a streaming standby of the server. */
async function makeStandby(dataDir: string, primary: URL): Promise<void> {
  const { port, password } = primary;
  // Copied, so that it belongs to the account that runs the server.
  await run('cp', ['-p', join(dataDir, 'PG_VERSION'), join(dataDir, 'standby.signal')]);
  await appendFile(
    join(dataDir, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=postgres password=${password}'\n`,
  );
}

/** Restarts the server in between, because only a stopped one can be copied. @returns a standby of it that is not started */
export async function copyAsStandby(
  primary: PostgresServer,
  primaryState: string,
  state: string,
): Promise<PostgresServer> {
  const url = new URL(primary.superuserUrl);
  const [{ data_directory: dataDir }] = (await query(url.href, 'SHOW data_directory')) as [{ data_directory: string }];
  const isElsewhere = dataDir !== join(resolve(primaryState), 'data');
  await rm(state, { recursive: true, force: true });
  await rm(reachableFolderFor(resolve(state)), { recursive: true, force: true });
  await mkdir(state, { recursive: true });
  const home = isElsewhere ? await makeReachableFolder(resolve(state)) : resolve(state);

  await primary.stop();
  await run('cp', ['-a', dataDir, join(home, 'data')]);
  await copyFile(join(primaryState, 'passwords.json'), join(state, 'passwords.json'));
  await makeStandby(join(home, 'data'), url);
  await primary.start();
  return new PostgresServer({ stateDir: resolve(state), logDir: resolve(state), log: () => undefined });
}

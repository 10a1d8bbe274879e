import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findMart } from '../../dev/pgadmin/find-mart.js';
import { ensureInstallation } from '../../dev/pgadmin/installation.js';
import { parseMartUrl } from '../../dev/pgadmin/mart-address.js';
import { startPgAdmin } from '../../dev/pgadmin/pgadmin-server.js';
import { identify } from '../../dev/services/process-identity.js';
import { findProjectRoot } from '../../dev/services/project.js';
import { runTool } from '../../dev/services/run-tool.js';
import { listeningAddresses } from '../support/listening-sockets.js';

const ROOT = findProjectRoot();
const STATE = join(ROOT, '.local', 'test', `pgadmin-restart-${process.pid}`);
const OLD_MART = 'postgresql://analyst:old@127.0.0.1:1/old';
const NEW_MART = 'postgresql://analyst:new@127.0.0.1:2/new';
const log = () => undefined;

let python: string;

beforeAll(async () => {
  python = await ensureInstallation({ folder: '.local/pgadmin', log });
}, 900_000);

afterAll(() => rm(STATE, { recursive: true, force: true }));

/** Starts pgAdmin from another process, as `npm run pgadmin` does. */
async function startInAnotherProcess(): Promise<ChildProcess> {
  const moduleOf = (name: string) =>
    JSON.stringify(pathToFileURL(join(ROOT, 'dist', 'dev', 'pgadmin', `${name}.js`)).href);
  const script = `
    const { startPgAdmin } = await import(${moduleOf('pgadmin-server')});
    const { parseMartUrl } = await import(${moduleOf('mart-address')});
    const mart = parseMartUrl(${JSON.stringify(OLD_MART)}, 'the test');
    await startPgAdmin({ stateDir: ${JSON.stringify(STATE)}, python: ${JSON.stringify(python)}, mart, log: () => undefined });
    console.log('ready');
    setInterval(() => {}, 60_000);`;
  const run = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await Promise.race([once(run.stdout, 'data'), once(run, 'exit')])) as [unknown];
  expect(String(output)).toContain('ready');
  return run;
}

async function recordedPid(): Promise<number> {
  return (JSON.parse(await readFile(join(STATE, 'process.json'), 'utf8')) as { pid: number }).pid;
}

it('runs only once at a time, and restarts after a kill -9 with the new address of the mart', async () => {
  const mart = parseMartUrl(NEW_MART, 'the test');
  const run = await startInAnotherProcess();
  try {
    await expect(startPgAdmin({ stateDir: STATE, python, mart, log })).rejects.toMatchObject({ code: 'STATE_IN_USE' });
  } finally {
    run.kill('SIGKILL');
    await once(run, 'exit');
  }
  const oldPid = await recordedPid();
  const own = join(STATE, 'queries', 'own.sql');
  const saved = join(STATE, 'queries', '00-newest-messages.sql');
  await Promise.all([writeFile(own, 'select 1'), writeFile(saved, 'spoiled')]);

  const pgAdmin = await startPgAdmin({ stateDir: STATE, python, mart, log });
  const newPid = await recordedPid();
  try {
    expect(identify(oldPid)).toBeUndefined();
    expect(await registeredServers()).toEqual({
      '1': expect.objectContaining({ Name: 'Message mart', Port: 2, MaintenanceDB: 'new', Username: 'analyst' }),
    });
    expect(await readFile(join(STATE, 'passfile'), 'utf8')).toBe('127.0.0.1:2:*:analyst:new\n');
    expect((await stat(join(STATE, 'passfile'))).mode & 0o777).toBe(0o600);
    expect(listeningAddresses(newPid)).toEqual(['127.0.0.1']);
    expect(await readFile(own, 'utf8')).toBe('select 1');
    expect(await readFile(saved, 'utf8')).not.toBe('spoiled');
  } finally {
    await pgAdmin.stop();
  }
  expect(identify(newPid)).toBeUndefined();
}, 180_000);

/** The servers that pgAdmin itself lists. */
async function registeredServers(): Promise<unknown> {
  const file = join(STATE, 'dumped.json');
  const env = {
    PATH: process.env.PATH,
    CONFIG_DISTRO_FILE_PATH: join(ROOT, 'dev', 'pgadmin', 'settings.py'),
    PGADMIN_DATA_DIR: join(STATE, 'data'),
    PYTHON_KEYRING_BACKEND: 'keyring.backends.null.Keyring',
    PYTHONDONTWRITEBYTECODE: '1',
  };
  const { output } = await runTool(python, ['-m', 'pgadmin4.setup', 'dump-servers', file], { env, cwd: '/' });
  expect(output).toContain('Configuration for 1 servers dumped');
  return (JSON.parse(await readFile(file, 'utf8')) as { Servers: unknown }).Servers;
}

it('says to start the mart if it is not running', async () => {
  await expect(findMart(undefined, join(STATE, 'no-such-file'))).rejects.toThrow(/Start one first with `npm start`/);
  const failure = await findMart(OLD_MART, 'not read').catch(String);
  expect(failure).toMatch(/No mart answers at 127\.0\.0\.1:1\/old \(.*Start one first with `npm start`/);
  expect(failure).not.toContain('analyst:old');
});

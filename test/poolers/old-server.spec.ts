import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { choosePort } from '../../dev/services/ports.js';
import { chooseAccount, giveTo } from '../../dev/services/postgres-account.js';
import { runTool } from '../../dev/services/run-tool.js';
import { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(60_000);

/** Its path in Debian's package. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const REFUSAL = /The server runs PostgreSQL 15[^,]*, but 17 or newer is required\. Upgrade it/;

let folder: string;
let server: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'postgresql-15-'));
  const account = await chooseAccount([]);
  await giveTo(account, folder);
  const data = join(folder, 'data');
  const options = ['-D', data, '-U', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
  const { exitCode, output } = await runTool(join(PROGRAMS, 'initdb'), options, { ...account, cwd: '/' });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const port = await choosePort([]);
  const settings = ['-k', folder, '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off'];
  server = spawn(join(PROGRAMS, 'postgres'), ['-D', data, '-p', String(port), ...settings], {
    ...account,
    cwd: '/',
    stdio: 'ignore',
  });
  url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await waitUntil('it answers', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.end();
    return true;
  });
});

afterAll(async () => {
  if (server?.exitCode === null && server.kill('SIGINT')) await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
});

it('every app rejects a PostgreSQL before 17 and says what to do', async () => {
  const env = { DATABASE_URL: url, KAFKA_BROKERS: '127.0.0.1:1' };
  const init = new TestApp('mart-init', { env });
  const others = (['consumer', 'gateway'] as const).map((name) => new TestApp(name, { env }));
  try {
    expect((await init.exited).code).toBe(1);
    expect(init.output).toMatch(REFUSAL);
    for (const app of others) await app.waitUntil('it reports the version', () => REFUSAL.test(app.output));
  } finally {
    await Promise.all([init, ...others].map((app) => app.kill()));
  }
});

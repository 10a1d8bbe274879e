import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMartDatabase, query, type MartDatabase } from '../support/mart-database.js';
import { recordOf } from '../support/records.js';
import { Pipeline } from '../support/pipeline.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const ROLE = `rotated_${randomBytes(8).toString('hex')}`;
const [FIRST, SECOND] = ['first-secret-0123456789', 'second-secret-0123456789'];

let folder: string;
let database: MartDatabase;
let pipeline: Pipeline;
let files: { DATABASE_URL_FILE: string; GATEWAY_API_TOKEN_FILE: string };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'secrets-'));
  files = { DATABASE_URL_FILE: join(folder, 'url'), GATEWAY_API_TOKEN_FILE: join(folder, 'token') };
  database = await createMartDatabase(process.env.DATABASE_URL!);
  pipeline = await Pipeline.create({ database });
  await pipeline.createTopic();
  await query(database.url, `CREATE ROLE ${ROLE} LOGIN IN ROLE messaging_app`);
  await setSecret(FIRST);
});

afterAll(async () => {
  await pipeline?.close();
  await query(process.env.DATABASE_URL!, `DROP ROLE IF EXISTS ${ROLE}`);
  await rm(folder, { recursive: true, force: true });
});

/** As the password of the role and as the token. @returns the new URL */
async function setSecret(secret: string): Promise<string> {
  await query(database.url, `ALTER ROLE ${ROLE} PASSWORD '${secret}'`);
  const url = new URL(database.url);
  [url.username, url.password] = [ROLE, secret];
  await writeFile(files.DATABASE_URL_FILE, `${url.href}\n`);
  await writeFile(files.GATEWAY_API_TOKEN_FILE, `${secret}\n`);
  return url.href;
}

const statusWith = async (gateway: TestApp, token: string) =>
  (await fetch(`${gateway.url}/api/v1/messages/1`, { headers: { authorization: `Bearer ${token}` } })).status;

it('a rotated password and token need no restart, and stand in no log', async () => {
  const env = { ...files, DATABASE_URL: '' };
  const [consumer, gateway] = await Promise.all([
    pipeline.start('consumer', { env }),
    pipeline.start('gateway', { env }),
  ]);
  await pipeline.send([recordOf(1)]);
  await pipeline.caughtUp();
  await gateway.ready();
  expect([await statusWith(gateway, FIRST), await statusWith(gateway, SECOND)]).toEqual([200, 401]);

  const url = await setSecret(SECOND);
  await query(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${ROLE}' AND pid <> pg_backend_pid()`,
  );
  await pipeline.send([recordOf(2)]);
  await waitUntil('the consumer writes again', async () => {
    const [{ n }] = (await query(database.url, 'SELECT count(*)::integer AS n FROM public.messages')) as [
      { n: number },
    ];
    return n === 2;
  });
  await gateway.ready();
  expect([await statusWith(gateway, FIRST), await statusWith(gateway, SECOND)]).toEqual([401, 200]);
  for (const { output } of [consumer, gateway]) expect(output).not.toMatch(/(first|second)-secret/);
});

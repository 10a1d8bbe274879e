import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { OpenApiDocument } from '../../apps/gateway/src/openapi/openapi-document.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { TestApp } from '../support/test-app.js';

const TOKEN = 'a-token-of-the-tests';
/** How long to send requests. The seed makes them the same in each run, as far as a slow machine gets. */
const SECONDS = '75';
const SEED = '1';

let database: MartDatabase;
let gateway: TestApp;
let folder: string;
let child: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-'));
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 500, 2));
  gateway = new TestApp('gateway', {
    env: {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: process.env.KAFKA_BROKERS,
      GATEWAY_API_TOKEN: TOKEN,
      GATEWAY_RATE_LIMIT: '1000000',
    },
  });
  await gateway.ready();
}, 120_000);

afterAll(async () => {
  child?.kill('SIGKILL');
  await gateway?.stop();
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** The gateway's document without cursors: a made-up one belongs to no list, and such a request would never reach the mart. */
async function documentFile(): Promise<string> {
  const document = (await (await fetch(`${gateway.url}/openapi.json`)).json()) as OpenApiDocument;
  const paths = Object.entries(document.paths).map(([path, { get }]) => {
    const parameters = get.parameters?.filter(({ name }) => name !== 'cursor');
    return [path, { get: { ...get, ...(parameters ? { parameters } : {}) } }];
  });
  const file = join(folder, 'openapi.json');
  await writeFile(file, JSON.stringify({ ...document, paths: Object.fromEntries(paths) as unknown }));
  return file;
}

/** Runs schemathesis. @returns its exit code, and what it printed */
async function run(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const { PATH, SCHEMATHESIS } = process.env;
  const env = { PATH, HOME: folder, LC_ALL: 'C.UTF-8' };
  const started = spawn(SCHEMATHESIS!, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  child = started;
  let output = '';
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(started, 'close')) as [number | null];
  return { code, output };
}

it('whatever a client sends, the gateway answers as its OpenAPI document says, and never fails', async () => {
  const { code, output } = await run(
    ...['run', await documentFile(), '--url', gateway.url, '--header', `Authorization: Bearer ${TOKEN}`],
    // In Python 3.11, threads that parse source code disturb each other (AST constructor recursion depth mismatch).
    ...['--max-time', SECONDS, '--seed', SEED, '--workers', '1', '--phases', 'examples,coverage,fuzzing'],
    // An event stream does not end.
    ...['--exclude-path', '/api/v1/pipeline/events', '--generation-database', 'none', '--no-color'],
    // A schema cannot say that "from" is not after "to".
    ...['--exclude-checks', 'positive_data_acceptance'],
  );

  // In a message of its own, as the output tells what to send to see a failure again.
  const failures = /=+ (?:FAILURES|ERRORS) =+[^]*/.exec(output)?.[0] ?? output;
  if (code !== 0) throw new Error(`schemathesis exited with ${code}:\n${failures}\n${gateway.output}`);
  expect(Number(/(\d+) generated/.exec(output)?.[1])).toBeGreaterThan(300);
}, 300_000);

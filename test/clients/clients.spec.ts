import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openApiDocument, OPENAPI_FILE } from '../../apps/gateway/src/openapi/openapi-document.js';
import type { Schema } from '../../apps/gateway/src/openapi/openapi-fragment.js';
import { ensureVirtualEnvironment } from '../../dev/python/virtual-environment.js';
import { ensureJars } from '../../dev/services/jars.js';
import { findJava } from '../../dev/services/java.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { createMartDatabase, withClient, type MartDatabase } from '../support/mart-database.js';
import { fillMart } from '../support/random-mart.js';
import { runProgram } from '../support/run-program.js';
import { TestApp } from '../support/test-app.js';

// Maven and Go compile hundreds of generated files.
jest.setTimeout(600_000);

const LOCAL = resolve('.local', 'clients');
const DRIVERS = join('test', 'clients', 'drivers');
const DOCUMENT = resolve(OPENAPI_FILE);
/** Of the programs of npm, which are installed into LOCAL. */
const NPM_PACKAGES = ['orval@8.38.0', '@redocly/cli@2.77.0', 'typescript@5.9.3'];

let database: MartDatabase;
let gateway: TestApp;
let folder: string;
let python: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'clients-'));
  database = await createMartDatabase(process.env.DATABASE_URL!);
  await withClient(database.url, (client) => fillMart(client, 500, 2));
  const env = { DATABASE_URL: database.url, KAFKA_BROKERS: process.env.KAFKA_BROKERS, GATEWAY_RATE_LIMIT: '1000000' };
  gateway = await new TestApp('gateway', { env }).ready();
  const generator = {
    name: 'The test of clients',
    title: 'openapi-python-client',
    size: '60 MB',
    command: 'npm run test:clients',
    oldestPython: [3, 11],
    requirements: join('test', 'clients', 'requirements.txt'),
    hashed: false,
    modules: 'openapi_python_client',
  } as const;
  python = await ensureVirtualEnvironment(generator, { folder: LOCAL, log: console.log });
  await mkdir(LOCAL, { recursive: true });
  await runProgram('npm', ['install', '--prefix', LOCAL, '--no-save', '--no-audit', '--no-fund', ...NPM_PACKAGES]);
});

afterAll(async () => {
  await gateway?.stop();
  await database?.drop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const { paths, components } = openApiDocument();

function resolved(schema: Schema): Schema {
  const name = (schema['$ref'] as string | undefined)?.split('/').at(-1);
  return name === undefined ? schema : resolved(components.schemas[name]!);
}

/** Lists that need neither a parameter nor a token. */
const LISTS = Object.values(paths).flatMap(({ get }) => {
  const response = get.responses[200];
  const schema = response && 'content' in response ? response.content?.['application/json']?.schema : undefined;
  const { data } = (schema ? (resolved(schema)['properties'] ?? {}) : {}) as Record<string, Schema | undefined>;
  const isOpen = get.tags.includes('aggregates') && !get.parameters?.some(({ required }) => required);
  return isOpen && data && resolved(data)['type'] === 'array' ? [get.operationId] : [];
});

const program = (name: string) => join(LOCAL, 'node_modules', '.bin', name);

/** Generates a client into a folder of its own. @returns that folder */
async function generated(language: string, ...options: string[]): Promise<string> {
  const env = toolEnvironment();
  const java = await findJava({ name: 'openapi-generator' }, env);
  const list = { name: 'openapi-generator', pom: join('test', 'clients', 'pom.xml') };
  const jars = await ensureJars(list, { cacheDir: '.local/cache', env, log: console.log });
  const out = join(folder, language);
  const main = ['-cp', join(jars.folder, '*'), 'org.openapitools.codegen.OpenAPIGenerator', 'generate'];
  const parts = ['--global-property', 'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false'];
  await runProgram(java, [...main, '-g', language, '-i', DOCUMENT, '-o', out, ...parts, ...options]);
  return out;
}

const GENERATORS: Readonly<Record<string, () => Promise<string>>> = {
  async 'openapi-generator for Python'() {
    const cwd = await generated('python');
    await cp(join(DRIVERS, 'read_lists.py'), join(cwd, 'read_lists.py'));
    return runProgram(python, ['read_lists.py', gateway.url, ...LISTS], { cwd });
  },
  async 'openapi-generator for Go'() {
    const cwd = await generated('go');
    await mkdir(join(cwd, 'read'));
    await cp(join(DRIVERS, 'main.go'), join(cwd, 'read', 'main.go'));
    return runProgram('go', ['run', './read', gateway.url, ...LISTS], { cwd });
  },
  async 'openapi-generator for Java'() {
    const cwd = await generated('java', '--library', 'native');
    await cp(join(DRIVERS, 'ReadLists.java'), join(cwd, 'src', 'main', 'java', 'ReadLists.java'));
    await runProgram('mvn', ['-q', '-B', 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=jars'], { cwd });
    return runProgram('java', ['-cp', 'target/classes:jars/*', 'ReadLists', gateway.url, ...LISTS], { cwd });
  },
  async 'openapi-python-client'() {
    const options = ['--meta', 'none', '--output-path', join(folder, 'python_client')];
    await runProgram(join(python, '..', 'openapi-python-client'), ['generate', '--path', DOCUMENT, ...options]);
    await cp(join(DRIVERS, 'read_lists_httpx.py'), join(folder, 'read_lists_httpx.py'));
    return runProgram(python, ['read_lists_httpx.py', gateway.url, ...LISTS], { cwd: folder });
  },
  async orval() {
    const cwd = join(folder, 'orval');
    await mkdir(cwd);
    await runProgram(program('orval'), ['--input', DOCUMENT, '--output', join(cwd, 'client.ts'), '--client', 'fetch'], {
      cwd,
    });
    const target = ['--target', 'es2022', '--lib', 'es2022,dom', '--module', 'es2022'];
    await runProgram(program('tsc'), ['--strict', ...target, '--outDir', 'out', 'client.ts'], { cwd });
    await writeFile(join(cwd, 'out', 'package.json'), '{ "type": "module" }');
    const driver = resolve(DRIVERS, 'read-lists.mjs');
    return runProgram(process.execPath, [driver, join(cwd, 'out', 'client.js'), gateway.url, ...LISTS]);
  },
};

describe.each(Object.entries(GENERATORS))('the client of %s', (_name, read) => {
  it('compiles, and reads every list of the gateway', async () => {
    expect(LISTS.length).toBeGreaterThan(30);
    const lines = (await read())
      .trim()
      .split('\n')
      .filter((line) => /^get\w+ \d+$/.test(line));

    expect(lines.map((line) => line.split(' ')[0])).toEqual(LISTS);
    expect(lines.filter((line) => !line.endsWith(' 0')).length).toBeGreaterThan(30);
  });
});

it('redocly finds no error in the document', async () => {
  const found = await runProgram(program('redocly'), ['lint', DOCUMENT, '--format', 'stylish'], { cwd: LOCAL });
  expect(found).toContain('Your API description is valid');
});

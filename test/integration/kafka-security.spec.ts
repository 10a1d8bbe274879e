import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import type { AppName } from '../../dev/run/app-process.js';
import { systemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf } from '../support/records.js';
import { placesOf } from '../support/secure/places-of-secrets.js';
import { SecureKafka, USER, type ListenerName } from '../support/secure/secure-kafka.js';
import { TOKEN_CLIENT, TOKEN_SCOPE } from '../support/secure/token-server.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

type Settings = Readonly<Record<string, string>>;

const ROWS = 300;

let kafka: SecureKafka;
let folder: string;
let file: string;
let pipeline: Pipeline;
let apps: TestApp[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kafka-security-'));
  ({
    files: { messages: file },
  } = await generate({ out: folder, rows: ROWS, seed: 1, dirty: 0, duplicates: 0 }));
  kafka = await SecureKafka.start();
}, 120_000);

afterAll(async () => {
  await kafka?.close();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** A topic and a mart of their own. The test itself uses the listener without TLS. */
async function openPipeline(): Promise<void> {
  pipeline = await Pipeline.create({ servers: kafka.services });
}

afterEach(async () => {
  const texts = Object.fromEntries(apps.map((app, i) => [`log ${i}`, app.output]));
  apps = [];
  await pipeline?.close();
  expect(await placesOf(await secrets(), { texts })).toEqual([]);
});

async function start(name: AppName, env: Settings, args: readonly string[] = []): Promise<TestApp> {
  const app = await pipeline.start(name, { env, args });
  apps.push(app);
  return app;
}

const tls = (): Settings => ({ KAFKA_TLS: 'true', KAFKA_TLS_CA_FILE: kafka.authority.cert });

const login = (mechanism: string, change: Settings = {}): Settings => ({
  ...{ KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: USER.name, KAFKA_SASL_PASSWORD: USER.password },
  ...change,
});

const oauth = (change: Settings = {}): Settings => ({
  KAFKA_SASL_MECHANISM: 'oauthbearer',
  KAFKA_OAUTH_TOKEN_URL: `${kafka.tokens.origin}/token`,
  KAFKA_OAUTH_CLIENT_ID: TOKEN_CLIENT.id,
  KAFKA_OAUTH_CLIENT_SECRET: TOKEN_CLIENT.secret,
  KAFKA_OAUTH_SCOPE: TOKEN_SCOPE,
  ...change,
});

const ofClient = (): Settings => ({
  ...tls(),
  ...{ KAFKA_TLS_CERT_FILE: kafka.client.cert, KAFKA_TLS_KEY_FILE: kafka.client.key },
});

const at = (listener: ListenerName): Settings => ({ KAFKA_BROKERS: kafka.addresses[listener] });

/** Everything that an app was given and must not show; of the key, its first line. */
async function secrets(): Promise<string[]> {
  const key = (await readFile(kafka.client.key, 'utf8')).split('\n')[1]!;
  const { password } = new URL(pipeline.databaseUrl);
  return [USER.password, TOKEN_CLIENT.secret, key, ...(password === '' ? [] : [decodeURIComponent(password)])];
}

/** What the gateway says of the system, by address. */
async function answersOf(gateway: TestApp): Promise<Record<string, string>> {
  const paths = ['/health', '/readyz', '/metrics', '/api/v1/pipeline', '/openapi.json'];
  const answers = paths.map(async (path) => [path, await (await fetch(`${gateway.url}${path}`)).text()]);
  return Object.fromEntries(await Promise.all(answers)) as Record<string, string>;
}

const stored = async () =>
  (await query<{ n: number }>(pipeline.databaseUrl, 'SELECT count(*)::integer AS n FROM public.messages'))[0]!.n;

describe('the pipeline runs', () => {
  it.each<[string, () => Settings]>([
    ['with TLS and SASL PLAIN', () => ({ ...at('sasl'), ...tls(), ...login('plain') })],
    ['with TLS and SCRAM-SHA-256', () => ({ ...at('sasl'), ...tls(), ...login('SCRAM-SHA-256') })],
    ['with TLS and SCRAM-SHA-512', () => ({ ...at('scram'), ...tls(), ...login('scram-sha-512') })],
    ['with TLS and OAuth tokens', () => ({ ...at('sasl'), ...tls(), ...oauth() })],
    ['with certificates on both sides', () => ({ ...at('mutual'), ...ofClient() })],
  ])('%s', async (_, settingsOf) => {
    await openPipeline();
    const settings = settingsOf();
    await start('consumer', settings);
    const gateway = await start('gateway', settings);
    const producer = await start('producer', settings, ['--file', file]);

    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 0 });
    await waitUntil('all rows are stored', async () => (await stored()) === ROWS);
    await waitUntil('everything is up', async () => (await systemHealth(gateway)).overall === 'ok');
    expect(await placesOf(await secrets(), { texts: await answersOf(gateway) })).toEqual([]);
  });
});

describe('an app that Kafka refuses, or that does not trust it, says why and ends', () => {
  const cases: readonly (readonly [string, () => Settings, RegExp])[] = [
    [
      'another authority',
      () => ({ ...at('sasl'), ...tls(), ...login('plain'), KAFKA_TLS_CA_FILE: kafka.otherAuthority.cert }),
      /Name the authority .* KAFKA_TLS_CA_FILE/,
    ],
    [
      'no authority',
      () => ({ ...at('sasl'), ...login('plain'), KAFKA_TLS: 'true' }),
      /Name the authority .* KAFKA_TLS_CA_FILE/,
    ],
    ['an expired certificate', () => ({ ...at('expired'), ...tls() }), /certificate has expired: renew it/],
    ['a certificate of another host', () => ({ ...at('otherhost'), ...tls() }), /is for another host/],
    [
      'a wrong password',
      () => ({ ...at('sasl'), ...tls(), ...login('scram-sha-256', { KAFKA_SASL_PASSWORD: 'wrong password' }) }),
      /Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
    ],
    [
      'a wrong password in clear',
      () => ({ ...at('sasl'), ...tls(), ...login('plain', { KAFKA_SASL_PASSWORD: 'wrong password' }) }),
      /Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD/,
    ],
    [
      'a mechanism that the listener lacks',
      () => ({ ...at('scram'), ...tls(), ...login('plain') }),
      /Set KAFKA_SASL_MECHANISM to one that/,
    ],
    [
      'a login to a listener without one',
      () => ({ ...at('mutual'), ...ofClient(), ...login('plain') }),
      /has no login/,
    ],
    ['no login', () => ({ ...at('sasl'), ...tls() }), /ends connections without a login: set KAFKA_SASL_MECHANISM/],
    ['clear text to TLS', () => ({ ...at('sasl'), ...login('plain') }), /Set KAFKA_TLS=true/],
    [
      'TLS to clear text',
      () => ({ KAFKA_BROKERS: kafka.services.kafkaBrokers, ...tls() }),
      /does not speak TLS: unset KAFKA_TLS/,
    ],
    ['no certificate of the client', () => ({ ...at('mutual'), ...tls() }), /check KAFKA_TLS_CERT_FILE/],
    [
      'a wrong secret for the token server',
      () => ({ ...at('sasl'), ...tls(), ...oauth({ KAFKA_OAUTH_CLIENT_SECRET: 'wrong secret' }) }),
      /401 invalid_client.* Correct KAFKA_OAUTH_TOKEN_URL/,
    ],
  ];

  it.each(cases)('%s', async (_, settingsOf, message) => {
    await openPipeline();
    const settings = settingsOf();
    const producer = await start('producer', settings, ['--file', file]);

    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 1 });
    expect(producer.output).toMatch(message);
    expect(producer.output).toContain('KAFKA_REFUSED');
    expect(producer.output).not.toMatch(/wrong (password|secret)/);
  });

  it.each(['consumer', 'gateway'] as const)('also the %s', async (name) => {
    await openPipeline();
    const app = await start(name, { ...at('sasl'), ...tls(), ...login('plain', { KAFKA_SASL_PASSWORD: 'wrong' }) });

    expect({ ...(await app.exited), output: app.output }).toMatchObject({ code: 1 });
    expect(app.output).toMatch(/KAFKA_REFUSED: .*Correct KAFKA_SASL_USERNAME/);
  });
});

describe('a password in a file', () => {
  it('is read again when the app connects again, so that it can be rotated', async () => {
    await openPipeline();
    const password = join(folder, 'password');
    await writeFile(password, `${USER.password}\n`);
    const byFile = login('scram-sha-512', { KAFKA_SASL_PASSWORD: '', KAFKA_SASL_PASSWORD_FILE: password });
    const consumer = await start('consumer', { ...at('scram'), ...tls(), ...byFile });
    await pipeline.createTopic();
    await pipeline.send([recordOf(1)]);
    await waitUntil('the first record is stored', async () => (await stored()) === 1);

    await kafka.setPassword('the-next-password');
    await writeFile(password, 'the-next-password\n');
    await kafka.services.kafka!.stop();
    await kafka.services.kafka!.start();
    await waitUntil('the test is connected again', () => pipeline.send([recordOf(2)]).then(() => true));
    await waitUntil('the second record is stored', async () => (await stored()) === 2, 60_000);
    expect(consumer.output).not.toContain('the-next-password');
    await kafka.setPassword(USER.password);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import type { AppName } from '../../dev/run/app-process.js';
import { systemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf } from '../support/records.js';
import { USER, type Settings } from '../support/secure/client-settings.js';
import { placesOf } from '../support/secure/places-of-secrets.js';
import { REFUSED_CLIENTS, type RefusedCase } from '../support/secure/refused-clients.js';
import { SecureKafka } from '../support/secure/secure-kafka.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

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
  expect(await placesOf(await kafka.settings.secrets(pipeline.databaseUrl), { texts })).toEqual([]);
});

async function start(name: AppName, env: Settings, args: readonly string[] = []): Promise<TestApp> {
  const app = await pipeline.start(name, { env, args });
  apps.push(app);
  return app;
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
  it.each<[string, RefusedCase[1]]>([
    ['with TLS and SASL PLAIN', (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('plain') })],
    ['with TLS and SCRAM-SHA-256', (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.login('SCRAM-SHA-256') })],
    ['with TLS and SCRAM-SHA-512', (of) => ({ ...of.at('scram'), ...of.tls(), ...of.login('scram-sha-512') })],
    ['with TLS and OAuth tokens', (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.oauth() })],
    ['with certificates on both sides', (of) => ({ ...of.at('mutual'), ...of.ofClient() })],
  ])('%s', async (_, settingsOf) => {
    await openPipeline();
    const settings = settingsOf(kafka.settings);
    await start('consumer', settings);
    const gateway = await start('gateway', settings);
    const producer = await start('producer', settings, ['--file', file]);

    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 0 });
    await waitUntil('all rows are stored', async () => (await stored()) === ROWS);
    await waitUntil('everything is up', async () => (await systemHealth(gateway)).overall === 'ok');
    expect(
      await placesOf(await kafka.settings.secrets(pipeline.databaseUrl), { texts: await answersOf(gateway) }),
    ).toEqual([]);
  });
});

describe('an app that Kafka refuses, or that does not trust it, says why and ends', () => {
  const cases: readonly RefusedCase[] = [
    ...REFUSED_CLIENTS,
    [
      'no login',
      (of) => ({ ...of.at('sasl'), ...of.tls() }),
      /ends connections without a login: set KAFKA_SASL_MECHANISM/,
    ],
    [
      'TLS to clear text',
      (of) => ({ KAFKA_BROKERS: kafka.services.kafkaBrokers, ...of.tls() }),
      /does not speak TLS: unset KAFKA_TLS/,
    ],
    [
      'a wrong secret for the token server',
      (of) => ({ ...of.at('sasl'), ...of.tls(), ...of.oauth({ KAFKA_OAUTH_CLIENT_SECRET: 'wrong secret' }) }),
      /401 invalid_client.* Correct KAFKA_OAUTH_TOKEN_URL/,
    ],
  ];

  it.each(cases)('%s', async (_, settingsOf, message) => {
    await openPipeline();
    const settings = settingsOf(kafka.settings);
    const producer = await start('producer', settings, ['--file', file]);

    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 1 });
    expect(producer.output).toMatch(message);
    expect(producer.output).toContain('KAFKA_REFUSED');
    expect(producer.output).not.toMatch(/wrong (password|secret)/);
  });

  it.each(['consumer', 'gateway'] as const)('also the %s', async (name) => {
    await openPipeline();
    const app = await start(name, {
      ...kafka.settings.at('sasl'),
      ...kafka.settings.tls(),
      ...kafka.settings.login('plain', { KAFKA_SASL_PASSWORD: 'wrong' }),
    });

    expect({ ...(await app.exited), output: app.output }).toMatchObject({ code: 1 });
    expect(app.output).toMatch(/KAFKA_REFUSED: .*Correct KAFKA_SASL_USERNAME/);
  });
});

describe('a password in a file', () => {
  it('is read again when the app connects again, so that it can be rotated', async () => {
    await openPipeline();
    const password = join(folder, 'password');
    await writeFile(password, `${USER.password}\n`);
    const byFile = kafka.settings.login('scram-sha-512', {
      KAFKA_SASL_PASSWORD: '',
      KAFKA_SASL_PASSWORD_FILE: password,
    });
    const consumer = await start('consumer', { ...kafka.settings.at('scram'), ...kafka.settings.tls(), ...byFile });
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

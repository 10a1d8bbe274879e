import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import type { ListeningMessage } from '#platform/bootstrap/run-app.js';
import type { ClosedMessage } from '#platform/bootstrap/shutdown.js';
import { HardenedAdapter } from '#platform/http/hardened-adapter.js';
import { createKafka } from '#platform/kafka/create-kafka.js';
import { ensureTopic } from '#platform/kafka/ensure-topic.js';
import { AppModule } from '../../apps/gateway/src/app.module.js';
import { readGatewayConfig } from '../../apps/gateway/src/config/gateway-config.js';
import { choosePort } from '../../dev/services/ports.js';
import { TcpProxy } from '../support/tcp-proxy.js';

const main = fileURLToPath(new URL('../../dist/apps/gateway/src/main.js', import.meta.url));

// A process takes seconds to start where other suites keep the cores busy.
jest.setTimeout(60_000);

const topic = `gateway-${randomBytes(6).toString('hex')}`;
const servers = {
  DATABASE_URL: process.env['DATABASE_URL'] ?? '',
  KAFKA_BROKERS: process.env['KAFKA_BROKERS'] ?? '',
  KAFKA_TOPIC: topic,
};
const admin = createKafka(readGatewayConfig(servers), 'gateway-spec').admin();

beforeAll(async () => {
  await admin.connect();
  await ensureTopic(admin, { topic, partitions: 2, replication: 1 }, ['Read']);
});

afterAll(async () => {
  const topics = (await admin.listTopics()).filter((name) => name.startsWith(topic));
  await admin.deleteTopics({ topics });
  await admin.disconnect();
});

/** Polls until the response of `probe` matches. The error contains the last response. */
async function eventually<T>(probe: () => Promise<T>, accept: (value: T) => boolean, deadlineMs = 30_000): Promise<T> {
  for (const end = Date.now() + deadlineMs; ;) {
    const value = await probe();
    if (accept(value)) return value;
    if (Date.now() > end) throw new Error(`not reached within ${deadlineMs} ms; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Answer {
  status: number;
  body: HealthCheckResult;
}

async function ask(url: string, path: string): Promise<Answer> {
  const response = await fetch(`${url}/${path}`);
  return { status: response.status, body: (await response.json()) as HealthCheckResult };
}

const ok = ({ status }: Answer) => status === 200;
const messageOf = ({ body }: Answer, name: string) => String(body.error?.[name]?.['message']);

describe('gateway', () => {
  let app: INestApplication | undefined;

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(env: Record<string, string>): Promise<string> {
    const config = readGatewayConfig({ ...servers, ...env });
    const module = await Test.createTestingModule({ imports: [AppModule.forRoot(config)] }).compile();
    app = module.createNestApplication(new HardenedAdapter(), { logger: ['fatal'] });
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  it('answers on all four paths while its servers run', async () => {
    const url = await start({});

    const ready = await eventually(() => ask(url, 'readyz'), ok);
    expect(ready.body.details).toMatchObject({ postgresql: { status: 'up' } });
    expect(await ask(url, 'healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await ask(url, 'livez')).toMatchObject({ status: 200, body: { details: {} } });

    const metrics = await fetch(`${url}/metrics`);
    expect(metrics.status).toBe(200);
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(await metrics.text()).toMatch(/^process_resident_memory_bytes\{service="gateway"\} \d+$/m);
  });

  it('is alive but not ready while PostgreSQL is unreachable, and says why', async () => {
    const port = await choosePort([]);
    const url = await start({ DATABASE_URL: `postgresql://reader:s3cret@127.0.0.1:${port}/messaging` });

    const answer = await eventually(
      () => ask(url, 'readyz'),
      (given) => /ECONNREFUSED/.test(messageOf(given, 'postgresql')),
    );
    expect(answer.status).toBe(503);
    expect(messageOf(answer, 'postgresql')).toContain(String(port));
    expect(JSON.stringify(answer.body)).not.toContain('s3cret');
    expect((await ask(url, 'healthz')).status).toBe(503);
    expect((await ask(url, 'livez')).status).toBe(200);
  });

  it('is ready without Kafka, and reports it as down', async () => {
    const url = await start({ KAFKA_BROKERS: `127.0.0.1:${await choosePort([])}` });

    await eventually(() => ask(url, 'readyz'), ok);
    const answer = await eventually(
      () => ask(url, 'health'),
      ({ body }) =>
        /ECONNREFUSED/.test(String(body.error?.['kafka']?.['message'])) && body.info?.['postgresql'] !== undefined,
    );
    expect(answer.status).toBe(503);
  });

  it('is ready only while PostgreSQL runs', async () => {
    const real = new URL(servers.DATABASE_URL);
    const proxy = new TcpProxy({ host: real.hostname, port: Number(real.port || 5432) }, await choosePort([]));
    real.host = `127.0.0.1:${proxy.port}`;
    try {
      const url = await start({ DATABASE_URL: real.href });
      await eventually(
        () => ask(url, 'readyz'),
        (given) => /ECONNREFUSED/.test(messageOf(given, 'postgresql')),
      );
      await proxy.open();
      await eventually(() => ask(url, 'readyz'), ok);
      await proxy.close();
      await eventually(
        () => ask(url, 'readyz'),
        (given) => given.status === 503 && (given.body.error?.['postgresql'] ?? null) !== null,
      );
      expect((await ask(url, 'livez')).status).toBe(200);
      await proxy.open();
      await eventually(() => ask(url, 'readyz'), ok);
    } finally {
      await app?.close();
      app = undefined;
      await proxy.close();
    }
  });
});

describe('the gateway as a process', () => {
  let child: ChildProcess | undefined;
  let output = '';

  beforeAll(() => {
    if (!existsSync(main)) throw new Error(`${main} is missing; build the apps first`);
  });

  afterEach(() => {
    child?.kill('SIGKILL');
    child = undefined;
  });

  /** Starts it. Resolves with its first action: listening or exiting. */
  async function launch(env: Record<string, string>): Promise<ListeningMessage | { exitCode: number | null }> {
    output = '';
    const { PATH = '' } = process.env;
    const started = fork(main, { env: { PATH, ...servers, PORT: '0', ...env }, execArgv: [], silent: true });
    child = started;
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
    const ended = exitOf(started).then((exitCode) => ({ exitCode }));
    const listening = new Promise<ListeningMessage>((resolve) => {
      started.on('message', (message: ListeningMessage | ClosedMessage) => {
        if (message.type === 'listening') resolve(message);
      });
    });
    return Promise.race([listening, ended]);
  }

  /** Not 'close': Node does not emit it after `disconnect`. */
  async function exitOf(process: ChildProcess): Promise<number | null> {
    const ended = [process.stdout, process.stderr].map(
      (stream) => new Promise((resolve) => stream?.once('end', resolve)),
    );
    const exitCode = await new Promise<number | null>((resolve) => process.once('exit', resolve));
    await Promise.all(ended);
    return exitCode;
  }

  it.each([
    ['SIGTERM', (process: ChildProcess) => process.kill('SIGTERM')],
    ['SIGINT', (process: ChildProcess) => process.kill('SIGINT')],
    ['the loss of its parent', (process: ChildProcess) => process.disconnect()],
  ])('reports its port, and exits with 0 on %s, with nothing left running', async (_reason, end) => {
    const listening = await launch({});
    expect(listening).toMatchObject({ type: 'listening', name: 'gateway' });
    const { port } = listening as ListeningMessage;
    await eventually(() => ask(`http://127.0.0.1:${port}`, 'readyz'), ok);

    const exit = exitOf(child as ChildProcess);
    end(child as ChildProcess);

    expect(await exit).toBe(0);
    expect(output).toContain('Shutting down');
    expect(output).not.toContain('something still runs');
  });

  it('exits with 0 on SIGTERM while it waits for PostgreSQL and Kafka', async () => {
    const nowhere = `127.0.0.1:${await choosePort([])}`;
    await launch({ DATABASE_URL: `postgresql://u@${nowhere}/m`, KAFKA_BROKERS: nowhere });

    const exit = exitOf(child as ChildProcess);
    child?.kill('SIGTERM');

    expect(await exit).toBe(0);
    expect(output).not.toContain('something still runs');
  });

  it('exits with 1 and names the bad variables, without their secrets', async () => {
    expect(await launch({ DATABASE_URL: 'mysql://u:s3cret@h/m', PORT: 'x' })).toEqual({ exitCode: 1 });

    expect(output).toContain('CONFIG_INVALID');
    expect(output).toContain('DATABASE_URL (value not shown)');
    expect(output).not.toContain('s3cret');
    expect(output).not.toContain('config-error.ts');
  });

  it('exits with 1 and a message if its port is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      expect(await launch({ PORT: String(port) })).toEqual({ exitCode: 1 });
      expect(output).toContain('EADDRINUSE');
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

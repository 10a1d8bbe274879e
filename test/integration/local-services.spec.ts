import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import { pingKafka, pingPostgres, withPostgres } from '../../dev/services/connect.js';
import { reachableFolderFor } from '../../dev/services/postgres-account.js';
import { choosePort } from '../../dev/services/ports.js';
import { PostgresServer } from '../../dev/services/postgres-server.js';
import { identify } from '../../dev/services/process-identity.js';
import { findProjectRoot } from '../../dev/services/project.js';
import { resetServices, type Services, startServices } from '../../dev/services/services.js';
import { createTopic } from '../support/create-topic.js';
import { listeningAddresses } from '../support/listening-sockets.js';
import { waitUntil } from '../support/wait-until.js';

const ROOT = findProjectRoot();
const STATE = join(ROOT, '.local', 'test', `local-services-${process.pid}`);

/** Creates a state folder for one test. All of them are removed at the end. */
function stateFolder(name: string, mode = 0o755): string {
  const folder = join(STATE, name);
  mkdirSync(folder, { recursive: true, mode });
  return folder;
}

afterAll(() => rmSync(STATE, { recursive: true, force: true }));

/** Starts the servers in another process, as `npm start` does. */
async function startInAnotherProcess(stateDir: string): Promise<ChildProcess> {
  const module = pathToFileURL(join(ROOT, 'dist', 'dev', 'services', 'services.js')).href;
  const script = `
    const { startServices } = await import(${JSON.stringify(module)});
    await startServices({ stateDir: ${JSON.stringify(stateDir)} });
    console.log('ready');
    setInterval(() => {}, 60_000);`;
  const run = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output] = (await Promise.race([once(run.stdout, 'data'), once(run, 'exit')])) as [unknown];
  expect(String(output)).toContain('ready');
  return run;
}

function kafkaClient(services: Services): Kafka {
  return new Kafka({ brokers: services.kafkaBrokers.split(','), logLevel: logLevel.NOTHING });
}

async function writeData(services: Services): Promise<void> {
  const kafka = kafkaClient(services);
  const admin = kafka.admin();
  await admin.connect();
  await createTopic(admin, { topic: 'kept', numPartitions: 2 });
  await admin.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'kept', messages: Array.from({ length: 10 }, (_, i) => ({ value: String(i) })) });
  await producer.disconnect();
  await withPostgres(services.databaseUrl, async (client) => {
    await client.query('create table kept (id bigint primary key)');
    await client.query('insert into kept select generate_series(1, 10)');
  });
}

async function countData(services: Services): Promise<{ records: number; rows: number }> {
  const admin = kafkaClient(services).admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets('kept');
  await admin.disconnect();
  const rows = await withPostgres(
    services.databaseUrl,
    async (client) => (await client.query('select 1 from kept')).rowCount,
  );
  return { records: offsets.reduce((sum, { high }) => sum + Number(high), 0), rows: rows ?? 0 };
}

/** Java, log4j, Kafka's settings or a shell would split or misread this folder name if it were not quoted. */
const ODD_NAME = `Größe 数据 "q" it's $HOME #1 100%25 a,b;c=d`;

describe('local Kafka and PostgreSQL, in a folder with special characters in its name', () => {
  const stateDir = join(STATE, ODD_NAME);
  let services: Services;
  let firstPids: (number | undefined)[];

  beforeAll(async () => {
    const run = await startInAnotherProcess(stateFolder(ODD_NAME));
    await expect(startServices({ stateDir })).rejects.toMatchObject({ code: 'STATE_IN_USE' });
    firstPids = ['kafka', 'postgres'].map(
      (name) => (JSON.parse(readFileSync(join(stateDir, name, 'process.json'), 'utf8')) as { pid: number }).pid,
    );
    run.kill('SIGKILL');
    await once(run, 'exit');
    services = await startServices({ stateDir });
    await writeData(services);
  }, 120_000);

  afterAll(() => services?.stop(), 60_000);

  it('are taken over after a kill -9 of the run that started them', () => {
    expect([services.kafka?.pid, services.postgres?.pid]).toEqual(firstPids);
  });

  it('cannot be reached from other machines', async () => {
    expect([services.kafka?.pid, services.postgres?.pid].map((pid) => listeningAddresses(pid))).toEqual([
      ['127.0.0.1'],
      ['127.0.0.1'],
    ]);
    // Proves that others would be seen.
    const open = createServer().listen(0, '0.0.0.0');
    await once(open, 'listening');
    try {
      expect(listeningAddresses(process.pid)).toContain('0.0.0.0');
    } finally {
      open.close();
    }
  });

  it('keep their addresses and data when both are killed with -9', async () => {
    const { kafka, postgres } = services;
    const pids = [kafka?.pid, postgres?.pid];
    await Promise.all([kafka?.kill(), postgres?.kill()]);
    expect(pids.map((pid) => identify(pid ?? 0))).toEqual([undefined, undefined]);
    await Promise.all([kafka?.start(), postgres?.start()]);
    expect(services.kafkaBrokers).toBe(kafka?.brokers);
    expect(services.databaseUrl).toBe(postgres?.databaseUrl);
    expect(await countData(services)).toEqual({ records: 10, rows: 10 });
  }, 120_000);

  it('stop answering while paused, and answer again when resumed', async () => {
    const { kafka, postgres } = services;
    kafka?.pause();
    postgres?.pause();
    try {
      // On a busy machine a process may go on for a moment after the signal.
      await waitUntil('Kafka is paused', () => isSilent(pingKafka([services.kafkaBrokers], 500)));
      await waitUntil('PostgreSQL is paused', () => isSilent(pingPostgres(services.databaseUrl, 500)));
    } finally {
      kafka?.resume();
      postgres?.resume();
    }
    await pingKafka([services.kafkaBrokers]);
    await pingPostgres(services.databaseUrl);
  }, 60_000);

  it('leave no process behind after stop(), and start again with the same addresses and data', async () => {
    const addresses = [services.kafkaBrokers, services.databaseUrl];
    const pids = [services.kafka?.pid, services.postgres?.pid];
    await services.stop();
    expect(pids.map((pid) => identify(pid ?? 0))).toEqual([undefined, undefined]);
    services = await startServices({ stateDir });
    expect([services.kafkaBrokers, services.databaseUrl]).toEqual(addresses);
    expect(await countData(services)).toEqual({ records: 10, rows: 10 });
  }, 120_000);
});

function isSilent(ping: Promise<unknown>): Promise<boolean> {
  return ping.then(
    () => false,
    () => true,
  );
}

describe('startServices', () => {
  it('stops PostgreSQL and says what to install or to set when Java is missing', async () => {
    const stateDir = stateFolder('no-java');
    const start = startServices({ stateDir, env: { PATH: stateDir } });
    await expect(start).rejects.toMatchObject({ code: 'JAVA_MISSING' });
    await expect(start).rejects.toThrow(/openjdk-17-jre-headless.*KAFKA_BROKERS/);
    expect(existsSync(join(stateDir, 'postgres', 'process.json'))).toBe(false);
    await resetServices({ stateDir });
  }, 60_000);

  it('stops the servers that it has started when it is aborted', async () => {
    const stateDir = stateFolder('aborted');
    const abort = new AbortController();
    // PostgreSQL is ready first, while Kafka is still starting.
    const log = (line: string) => line.startsWith('PostgreSQL') && abort.abort();
    await expect(startServices({ stateDir, signal: abort.signal, log })).rejects.toMatchObject({ name: 'AbortError' });
    expect(existsSync(join(stateDir, 'kafka', 'process.json'))).toBe(false);
    expect(existsSync(join(stateDir, 'postgres', 'process.json'))).toBe(false);
    await resetServices({ stateDir });
  }, 60_000);

  it('keeps the servers running with keepRunning, and the next run takes them over', async () => {
    const options = { stateDir: stateFolder('kept-running'), kafkaBrokers: process.env.KAFKA_BROKERS };
    const first = await startServices({ ...options, keepRunning: true });
    const pid = first.postgres?.pid;
    await first.stop();
    const second = await startServices(options);
    expect(second.postgres?.pid).toBe(pid);
    await second.stop();
    expect(identify(pid ?? 0)).toBeUndefined();
  }, 60_000);

  it('reports given addresses that do not answer, without the password', async () => {
    const port = await choosePort([]);
    const databaseUrl = `postgresql://ann:s3cret@127.0.0.1:${port}/messaging`;
    const stateDir = stateFolder('given');
    await expect(startServices({ stateDir, kafkaBrokers: `127.0.0.1:${port}`, databaseUrl })).rejects.toMatchObject({
      code: 'KAFKA_UNREACHABLE',
    });
    const failure = await startServices({ stateDir, kafkaBrokers: process.env.KAFKA_BROKERS, databaseUrl }).catch(
      String,
    );
    expect(failure).toContain(`127.0.0.1:${port}/messaging`);
    expect(failure).not.toContain('s3cret');
  }, 60_000);
});

describe('PostgresServer', () => {
  let server: PostgresServer | undefined;
  const newServer = (stateDir: string) =>
    (server = new PostgresServer({ stateDir, logDir: stateDir, log: () => undefined }));

  afterEach(() => server?.stop(), 60_000);

  // PostgreSQL does not run as root. A test run by root therefore has the data in another folder, which must work as well.
  it('runs with a state folder that only its owner can enter', async () => {
    const stateDir = stateFolder('private', 0o700);
    const postgres = newServer(join(stateDir, 'postgres'));
    await postgres.start();
    await pingPostgres(postgres.databaseUrl);
    await postgres.stop();
    await resetServices({ stateDir });
    expect(existsSync(join(stateDir, 'postgres'))).toBe(false);
    expect(existsSync(reachableFolderFor(join(stateDir, 'postgres')))).toBe(false);
  }, 60_000);

  it('ignores another process that has reused the pid of a dead server', async () => {
    const stateDir = stateFolder('reused-pid');
    const first = newServer(stateDir);
    await first.start();
    await first.stop();
    const stranger = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      writeFileSync(
        join(stateDir, 'process.json'),
        JSON.stringify({ pid: stranger.pid, startedAt: 'before the reboot' }),
      );
      writeFileSync(
        join(stateDir, 'data', 'postmaster.pid'),
        `${stranger.pid}\n${join(stateDir, 'data')}\n1700000000\n5432\n`,
      );
      const second = newServer(stateDir);
      await second.start();
      expect(second.pid).not.toBe(stranger.pid);
      await second.stop();
      expect(identify(stranger.pid ?? 0)).toBeDefined();
    } finally {
      stranger.kill('SIGKILL');
    }
  }, 60_000);

  it('reports that another program has taken its port', async () => {
    const postgres = newServer(stateFolder('taken-port'));
    await postgres.start();
    const port = Number(new URL(postgres.databaseUrl).port);
    await postgres.stop();
    const intruder = createServer((socket) => socket.destroy()).listen(port, '127.0.0.1');
    await once(intruder, 'listening');
    await expect(postgres.start()).rejects.toMatchObject({ code: 'PORT_TAKEN' });
    await new Promise((resolve) => intruder.close(resolve));
    await postgres.start();
  }, 60_000);
});

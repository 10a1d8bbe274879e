import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePort } from '../../dev/services/ports.js';
import type { TestApp } from '../support/test-app.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { systemHealth } from '../support/gateway-client.js';
import { TcpProxy, type Passage } from '../support/tcp-proxy.js';

jest.setTimeout(180_000);

const ROWS = 60_000;
const ROWS_PER_SECOND = 1_000;
const ROWS_BETWEEN = 2_000;
const RECOVERY_MS = 30_000;
const SLOW_MS = 8_000;

describe('producer, consumer and gateway on a bad network', () => {
  let stage: ChaosStage;
  let producer: TestApp;
  let consumer: TestApp;
  let gateway: TestApp;
  let kafka: TcpProxy;
  let postgres: TcpProxy;

  beforeAll(async () => {
    const port = await choosePort([]);
    const advertisedPort = await choosePort([], [port]);
    stage = await setStage('bad-network', ROWS, { proxiedKafka: { port, advertisedPort } });
    const { pipeline, file } = stage;
    const database = new URL(pipeline.databaseUrl);
    kafka = new TcpProxy({ host: '127.0.0.1', port }, advertisedPort);
    postgres = new TcpProxy(
      { host: database.hostname, port: Number(database.port) },
      await choosePort([], [port, advertisedPort]),
    );
    await postgres.open();
    await checkAdvertisedAddressReport(`127.0.0.1:${port}`);
    await kafka.open();
    database.port = String(postgres.port);
    const env = { KAFKA_BROKERS: kafka.address, DATABASE_URL: database.href };
    consumer = await pipeline.consumer(env);
    gateway = await pipeline.start('gateway', { env });
    producer = await pipeline.start('producer', { args: ['--file', file, '--rate', String(ROWS_PER_SECOND)], env });
    await untilStreaming();
  });

  afterAll(async () => {
    await stage?.close();
    await Promise.all([kafka?.close(), postgres?.close()]);
  });

  /** Needs the proxy to be closed: the broker is reachable at its own address, but advertises the proxy's. */
  async function checkAdvertisedAddressReport(broker: string): Promise<void> {
    const env = { KAFKA_BROKERS: broker };
    const [first, other] = await Promise.all([stage.pipeline.consumer(env), stage.pipeline.start('gateway', { env })]);
    const advice = `${kafka.address} is not in KAFKA_BROKERS; a broker advertises it`;
    await first.waitUntil('the consumer reports the advertised address', () => first.output.includes(advice));
    await other.waitUntil('the gateway reports the advertised address', async () => {
      const { status, message } = (await systemHealth(other)).parts.kafka;
      return status === 'down' && message?.includes(advice);
    });
    await Promise.all([first.kill(), other.kill()]);
  }

  async function untilStreaming(): Promise<void> {
    const hasAdvancedPast = async (read: () => Promise<number>) => {
      const before = await read();
      return async () => (await read()) >= before + ROWS_BETWEEN;
    };
    const [isProduced, isConsumed] = await Promise.all([
      hasAdvancedPast(() => stage.pipeline.recordsInTopic()),
      hasAdvancedPast(() => stage.pipeline.committed()),
    ]);
    await Promise.all([
      producer.waitUntil('more rows are produced', isProduced, RECOVERY_MS),
      consumer.waitUntil('more rows are committed', isConsumed, RECOVERY_MS),
    ]);
    expect(producer.isRunning).toBe(true);
  }

  it.each<Passage>(['nothing', 'requests'])(
    'recover within 30 s when open Kafka connections lose data (still forwarded: %s)',
    async (passage) => {
      kafka.dropOpenConnections(passage);

      await untilStreaming();
      await gateway.waitUntil('the gateway reports Kafka, consumer group and producer as up', async () => {
        const { parts } = await systemHealth(gateway);
        return [parts.kafka, parts.consumer_group, parts.producer].every(({ status }) => status === 'up');
      });
    },
  );

  it.each([
    ['100 ms of latency in each direction', () => 100],
    ['up to 400 ms of latency in each direction', () => Math.random() * 400],
  ])('stay ready and report nothing as down with %s', async (_, delay) => {
    const apps = [producer, consumer, gateway];
    await Promise.all(apps.map((app) => app.ready(RECOVERY_MS)));
    kafka.delay = postgres.delay = delay;
    try {
      for (const end = performance.now() + SLOW_MS; performance.now() < end; await sleep(50)) {
        const { status, parts } = await systemHealth(gateway);
        expect([status, parts]).toEqual([200, parts]);
        for (const app of apps) {
          const { status: readiness, down } = await app.health('readyz');
          expect([app.name, readiness, down]).toEqual([app.name, 200, {}]);
        }
      }
    } finally {
      kafka.delay = postgres.delay = undefined;
    }
  });

  it('lose no record', async () => {
    // Send the rest of the file at full speed.
    expect(await producer.stop()).toEqual({ code: 0, signal: null });
    await stage.pipeline.produceFile(stage.file);
    await stage.pipeline.caughtUp();
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { TestApp } from '../support/test-app.js';
import { setStage, type ChaosStage } from '../support/chaos.js';
import { systemHealth, type SystemHealth } from '../support/gateway-client.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

const ROWS = 2_000;
/** The limit that the docs promise. The answer is prepared in advance, so most of this time allows for a busy machine. */
const ANSWER_WITHIN_MS = 1_500;
const HUNG_MS = 6_000;
const RECOVERY_MS = 30_000;

/** A host that accepts connections and never answers, like a suspended process. */
class SilentHost {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server = createServer((socket) => this.sockets.add(socket.on('error', () => undefined)));

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }
}

describe('the gateway, while a component hangs', () => {
  let stage: ChaosStage;
  let gateway: TestApp;
  const spark = new SilentHost();

  beforeAll(async () => {
    stage = await setStage('hung-components', ROWS);
    const { pipeline, file } = stage;
    await pipeline.consumer();
    gateway = await pipeline.start('gateway');
    await pipeline.produceFile(file);
    await pipeline.caughtUp();
    await untilHealthy(gateway);
  });

  afterAll(async () => {
    spark.close();
    await stage?.close();
  });

  function untilHealthy(app: TestApp): Promise<unknown> {
    return app.waitUntil('the gateway reports ok', async () => (await systemHealth(app)).overall === 'ok', RECOVERY_MS);
  }

  /** Polls /health while the component hangs, and endpoints that must not depend on it. */
  async function pollWhileHung(app: TestApp): Promise<SystemHealth[]> {
    const answers: SystemHealth[] = [];
    for (const end = performance.now() + HUNG_MS; performance.now() < end;) {
      answers.push(await systemHealth(app));
      const began = performance.now();
      expect((await app.health('livez')).status).toBe(200);
      expect((await app.metrics()).size).toBeGreaterThan(10);
      expect((await fetch(`${app.url}/api/v1/pipeline`)).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(2 * ANSWER_WITHIN_MS);
      await sleep(20);
    }
    return answers;
  }

  it.each([
    // The consumer group and the producer are observed through Kafka.
    { part: 'kafka' as const, others: ['postgresql', 'mart'] as const },
    { part: 'postgresql' as const, others: ['kafka', 'consumer_group', 'producer'] as const },
  ])('reports in time that $part is down, and what it knows about the other components', async ({ part, others }) => {
    const server = part === 'kafka' ? stage.kafka : stage.postgres;
    server.pause();
    let answers: SystemHealth[];
    try {
      answers = await pollWhileHung(gateway);
    } finally {
      server.resume();
    }

    expect(answers.length).toBeGreaterThan(20);
    expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThan(ANSWER_WITHIN_MS);
    const last = answers.at(-1)!;
    expect(last.status).toBe(503);
    expect(last.parts[part]).toMatchObject({ status: 'down', action: expect.stringMatching(/^Check that/) });
    expect(last.parts[part].message).toMatch(/no answer for|no broker answers|timed? ?out|timeout|closed|terminated/i);
    for (const other of others) {
      expect(last.parts[other].status).toBe('up');
      expect(Date.parse(String(last.parts[other]['answered_at']))).toBeGreaterThan(Date.now() - HUNG_MS);
    }
    await untilHealthy(gateway);
  });

  it('reports Spark as degraded if the consumer writes the mart, and as down if Spark does', async () => {
    const url = await spark.listen();
    const env = { SPARK_MASTER_URL: url, SPARK_JOB_URL: url };
    const follower = await stage.pipeline.start('gateway', { env: { ...env, PIPELINE_ENGINE: 'both' } });
    const writer = await stage.pipeline.start('gateway', { env: { ...env, PIPELINE_ENGINE: 'spark' } });

    for (const [app, overall, status] of [
      [follower, 'degraded', 200],
      [writer, 'error', 503],
    ] as const) {
      const health = await waitUntil('the gateway reports it', async () => {
        const answer = await systemHealth(app);
        return answer.overall === overall && answer.parts.mart.status === 'up' ? answer : undefined;
      });
      expect(health.status).toBe(status);
      expect(health.parts.spark.message).toMatch(/the master does not answer: .*timeout/);
      const since = health.parts.spark.since;
      for (const end = performance.now() + 4_000; performance.now() < end; await sleep(50)) {
        expect((await systemHealth(app)).parts.spark.since).toBe(since);
      }
      expect(health.milliseconds).toBeLessThan(ANSWER_WITHIN_MS);
    }
  });

  it('stops in time while Kafka and PostgreSQL hang', async () => {
    stage.kafka.pause();
    stage.postgres.pause();
    try {
      await gateway.waitUntil('both are down', async () => {
        const { parts } = await systemHealth(gateway);
        return parts.kafka.status === 'down' && parts.postgresql.status === 'down';
      });
      const began = performance.now();
      expect((await gateway.stop()).signal).toBeNull();
      expect(performance.now() - began).toBeLessThan(11_000);
    } finally {
      stage.kafka.resume();
      stage.postgres.resume();
    }
    await waitUntil('Kafka answers', () => stage.pipeline.recordsInTopic(), RECOVERY_MS);
  });
});

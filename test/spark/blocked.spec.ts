import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { choosePort } from '../../dev/services/ports.js';
import type { TestApp } from '../support/test-app.js';
import { TcpProxy } from '../support/tcp-proxy.js';
import { systemHealth } from '../support/gateway-client.js';
import { holding } from '../support/locks.js';
import { query } from '../support/mart-database.js';
import { numbers, recordOf } from '../support/records.js';
import { setSparkStage, type SparkStage, type TestJob } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

/** Time for the first batch of a job that has just started, on a busy machine. */
const FIRST_BATCH_MS = 400_000;

describe('the Spark job, blocked', () => {
  let stage: SparkStage;
  let proxy: TcpProxy;
  let job: TestJob;
  let gateway: TestApp;
  let sent = 0;

  beforeAll(async () => {
    stage = await setSparkStage('spark-blocked', 10);
    const { pipeline, spark } = stage;
    await pipeline.createTopic();
    const url = new URL(pipeline.databaseUrl);
    proxy = new TcpProxy({ host: url.hostname, port: Number(url.port || 5432) }, await choosePort([]));
    await proxy.open();
    url.host = proxy.address;
    job = stage.job({ pipeline, env: { DATABASE_URL: url.href } });
    await send();
    await job.start();
    await job.caughtUp(FIRST_BATCH_MS);
    const env = { PIPELINE_ENGINE: 'spark', SPARK_MASTER_URL: spark.cluster.uiUrl, SPARK_JOB_URL: job.process.url };
    gateway = await pipeline.start('gateway', { env });
  });

  afterAll(async () => {
    try {
      await stage?.close();
    } finally {
      await proxy?.close();
    }
  });

  const send = () => stage.pipeline.send(numbers(200).map(() => ({ ...recordOf(++sent), partition: sent % 6 })));
  /** Waits until the job's /readyz and the gateway's /health report it. @returns milliseconds until /readyz did */
  const untilReported = async (why: RegExp): Promise<number> => {
    const began = performance.now();
    await waitUntil(`/readyz says ${why}`, async () => why.test((await job.process.whyNotReady()) ?? ''), 120_000);
    const took = performance.now() - began;
    await waitUntil(`/health says ${why}`, async () =>
      why.test((await systemHealth(gateway)).parts.spark.message ?? ''),
    );
    return took;
  };
  const untilRecovered = async () => {
    await waitUntil('the job is ready', async () => (await job.process.whyNotReady()) === undefined, 180_000);
    await job.caughtUp();
    const rows = await query<{ n: number }>(stage.pipeline.databaseUrl, 'SELECT count(*)::integer AS n FROM messages');
    expect(rows).toEqual([{ n: sent }]);
    await waitUntil('/health is ok', async () => (await systemHealth(gateway)).overall === 'ok', 60_000);
  };

  it('by a lock on messages: reports within 15 s which session holds it, and keeps reporting until the lock is released', async () => {
    const release = await holding(stage.pipeline.databaseUrl, 'BEGIN; LOCK TABLE messages IN EXCLUSIVE MODE');
    try {
      await send();
      await waitUntil('a task waits', isWaiting);
      expect(await untilReported(/waits for a lock in PostgreSQL, held by session \d+/)).toBeLessThan(15_000);
      // The statement times out after 30 s and is retried.
      const until = Date.now() + 40_000;
      await waitUntil(
        'the lock is held for 40 s',
        async () => {
          expect(await job.process.whyNotReady()).toMatch(/lock|failed/);
          return Date.now() > until;
        },
        60_000,
      );
    } finally {
      await release();
    }
    await untilRecovered();
  });

  it('by a lost answer to COMMIT: reports it within 15 s, and retries the write', async () => {
    let lostAt: number | undefined;
    let isTask = false;
    proxy.rewrite = (bytes) => {
      // The last statement of a task before COMMIT counts its rows, which distinguishes it from the driver.
      isTask ||= bytes.includes('INSERT 0 1\0');
      if (lostAt !== undefined || !isTask || !bytes.includes('COMMIT\0')) return bytes;
      lostAt = performance.now();
      return Buffer.alloc(0);
    };
    await send();
    await waitUntil('the answer is lost', () => lostAt !== undefined, 60_000);
    expect(await untilReported(/the answer is lost|has not answered the driver/)).toBeLessThan(15_000);
    await untilRecovered();
  });

  it('by a frozen worker and executor: reports it and recovers', async () => {
    const { worker } = stage.spark.cluster;
    worker.pause();
    try {
      await send();
      await untilReported(/has made no progress for \d+ s .*frozen/);
    } finally {
      worker.resume();
    }
    await untilRecovered();
  });

  it('by a killed worker: reports it and recovers', async () => {
    const { worker } = stage.spark.cluster;
    await worker.kill();
    try {
      await send();
      await untilReported(/no executor/);
    } finally {
      await worker.start();
    }
    await untilRecovered();
  });

  it('by a frozen transaction of the previous run: catches up within 30 s', async () => {
    const { databaseUrl } = stage.pipeline;
    expect(await job.stop()).toBe(0);
    // A frozen task leaves this behind: an idle session with the job's name that holds a row lock.
    const release = await holding(
      databaseUrl,
      `SET application_name = 'messages-kafka'; BEGIN; INSERT INTO messages SELECT * FROM messages WHERE id = 1
       ON CONFLICT (id) DO UPDATE SET platform = messages.platform`,
    );
    try {
      await stage.pipeline.send([recordOf(1, { updated_at: '2023-05-01 00:00:00' })]);
      await job.start();
      await waitUntil('a task waits', isWaiting, FIRST_BATCH_MS);
      const began = performance.now();
      await job.caughtUp();
      expect(performance.now() - began).toBeLessThan(30_000);
    } finally {
      await release();
    }
    await untilRecovered();
  });

  async function isWaiting(): Promise<boolean> {
    const waiting = await query(
      stage.pipeline.databaseUrl,
      `SELECT FROM pg_stat_activity WHERE application_name = 'messages-kafka' AND wait_event_type = 'Lock'
       AND datname = current_database()`,
    );
    return waiting.length > 0;
  }
});

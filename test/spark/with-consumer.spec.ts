import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { differences } from '../support/chaos.js';
import { erase } from '../support/erase.js';
import { systemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import { setSparkStage, type SparkStage } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

const ROWS = 40_000;
const FOLLOW = { SPARK_TRIGGER_SECONDS: '1', SPARK_BATCH_RECORDS: '200000', SPARK_FOLLOWER_PATIENCE_SECONDS: '5' };

/** Asks the master to end its application, as its page would. @returns the ids of the applications that still run */
async function applicationsAfterKill(master: string): Promise<string[]> {
  const running = async () => {
    const response = await fetch(`${master}/json/`);
    return ((await response.json()) as { activeapps: { id: string }[] }).activeapps.map(({ id }) => id);
  };
  const [id = ''] = await running();
  const body = new URLSearchParams({ id, terminate: 'true' });
  await fetch(`${master}/app/kill/`, { method: 'POST', body, redirect: 'manual' });
  await sleep(1000);
  return running();
}

async function enginesOf({ databaseUrl }: Pipeline): Promise<string[]> {
  const rows = await query<{ engine: string }>(databaseUrl, 'SELECT engine FROM pipelines ORDER BY engine');
  return rows.map(({ engine }) => engine);
}

describe('the Spark job and the consumer, running at the same time', () => {
  let stage: SparkStage;

  beforeAll(async () => {
    stage = await setSparkStage('spark-with-consumer', ROWS);
  });

  afterAll(() => stage?.close());

  it('produce the same mart when both write at once', async () => {
    const { pipeline } = stage;
    await pipeline.produceFile(stage.file);
    const job = stage.job({ pipeline });
    await job.start();
    await job.hasWritten(1);
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '2000' });
    await waitUntil('both are listed', async () => (await enginesOf(pipeline)).join() === 'consumer,spark');
    const [counts] = await Promise.all([job.caughtUp(), pipeline.caughtUp({ deadlineMs: 120_000 })]);

    // Each has written some of the rows, so they did run at the same time.
    const { inserted } = await job.written();
    expect(inserted).toBeGreaterThan(0);
    expect(inserted).toBeLessThan(stage.expected.mart.size);
    expect(counts.sum('messages_consumed_total')).toBe(await pipeline.recordsInTopic());
    expect(counts.sum('messages_end_to_end_latency_seconds_count')).toBe(counts.sum('messages_consumed_total'));
    expect(counts.sum('messages_end_to_end_latency_seconds_bucket', { le: '0.1' })).toBe(0);
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });

    const gateway = await pipeline.start('gateway', {
      env: { PIPELINE_ENGINE: 'both', SPARK_MASTER_URL: stage.spark.cluster.uiUrl, SPARK_JOB_URL: job.process.url },
    });
    const { parts } = await gateway.waitUntil('the gateway reports ok', async () => {
      const health = await systemHealth(gateway);
      return health.overall === 'ok' ? health : undefined;
    });
    expect(parts.spark['master']).toMatchObject({ status: 'ALIVE', workers: [{ state: 'ALIVE' }] });
    expect(parts.spark['job']).toMatchObject({ ready: true, lag: 0, last_batch: { records: expect.any(Number) } });
    expect(await applicationsAfterKill(stage.spark.cluster.uiUrl)).toHaveLength(1);
    expect(await job.stop()).toBe(0);
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });
    expect(await enginesOf(pipeline)).toEqual([]);
  });

  it('never read two topics: the job of another one is refused', async () => {
    const { pipeline } = stage;
    const consumer = await (await pipeline.consumer()).ready();
    const topic = `${pipeline.topic}-other`;
    await pipeline.createTopic({ topic });
    await pipeline.send([recordOf(9_000_001)], topic);
    const { process: job } = stage.job({ pipeline, env: { KAFKA_TOPIC: topic } });
    await job.start();
    await waitUntil('the job ends', () => !job.isRunning(), 120_000);
    expect(await job.stop()).toBe(1);
    expect(await readFile(job.logFile, 'utf8')).toContain(
      `ANOTHER_PIPELINE: Another pipeline writes into this mart: topic "${pipeline.topic}" of Kafka cluster `,
    );
    expect(await query(pipeline.databaseUrl, 'SELECT FROM messages WHERE id = 9000001')).toEqual([]);
    expect(await enginesOf(pipeline)).toEqual(['consumer']);
    await consumer.stop();
  });

  describe('with the job as a follower', () => {
    let pipeline: Pipeline;

    beforeAll(async () => {
      pipeline = await Pipeline.create({ servers: stage.servers, partitions: 3 });
      await pipeline.createTopic();
    });

    afterAll(() => pipeline?.close());

    const send = (from: number, count: number) =>
      pipeline.send(numbers(count).map((i) => ({ ...recordOf(from + i), partition: i % 3 })));
    const ids = async () =>
      (await query<{ id: string }>(pipeline.databaseUrl, 'SELECT id FROM messages ORDER BY id')).map(({ id }) => +id);

    it('the job writes nothing while the consumer works, and restores rows that were deleted by hand', async () => {
      const consumer = await pipeline.consumer();
      const job = stage.job({ pipeline, checkpoint: 'follower', args: ['--follow'], env: FOLLOW });
      await job.start();
      // Records arrive while the job follows.
      for (const part of numbers(10)) await send(1 + 100 * part, 100);
      const counts = await job.caughtUp();
      expect(counts.sum('messages_consumed_total')).toBe(1000);
      expect(counts.sum('messages_mart_repairs_total')).toBe(0);
      // The follower does not report latency, because it would be its own and not that of the mart.
      expect(counts.sum('messages_end_to_end_latency_seconds_count')).toBe(0);
      expect(await job.stop()).toBe(0);

      await send(1001, 500);
      await pipeline.caughtUp();
      expect(await consumer.stop()).toEqual({ code: 0, signal: null });
      await query(pipeline.databaseUrl, 'DELETE FROM messages WHERE id > 1000 AND id % 13 = 0');
      const missing = 1500 - (await ids()).length;
      expect(missing).toBe(39);

      await job.start();
      expect((await job.caughtUp()).sum('messages_mart_repairs_total')).toBe(missing);
      expect(await ids()).toEqual(numbers(1500).map((i) => i + 1));

      // The consumer has stopped. After SPARK_FOLLOWER_PATIENCE_SECONDS the follower writes the rows.
      await send(1501, 20);
      await waitUntil('the rows are there', async () => (await ids()).length === 1520, 60_000);
      // The job counts rows when all tasks of the micro-batch are done, shortly after the rows become visible.
      const repairs = async () => (await job.counts()).sum('messages_mart_repairs_total');
      await waitUntil('the job has counted the repairs', async () => (await repairs()) >= missing + 20);
      expect(await repairs()).toBe(missing + 20);

      // A row that only the database rejects does not block other rows.
      await query(pipeline.databaseUrl, 'ALTER TABLE messages ADD CONSTRAINT refused CHECK (id <> 1525)');
      await send(1521, 20);
      await waitUntil('the rows are there', async () => (await ids()).length === 1539, 60_000);
      expect(await ids()).not.toContain(1525);
      const quarantined = await query<{ value: Buffer; reasons: unknown }>(
        pipeline.databaseUrl,
        'SELECT value, reasons FROM quarantined_messages',
      );
      expect(quarantined).toEqual([
        {
          value: Buffer.from(String(recordOf(1525).value)),
          reasons: [{ column: null, reason: 'rejected_by_database' }],
        },
      ]);

      // Nothing of an erased client is written, also if the database refuses another row of the batch.
      const erased = { client_id: '77' };
      expect(await erase(pipeline.settings, '--client', erased.client_id)).toMatchObject({ code: 0 });
      for (const [other, refused] of [
        [1541, 1542],
        [1544, 1525],
      ] as const) {
        const bad = { key: '1', value: '{"client_id":"77"}' };
        const records = [
          recordOf(other),
          recordOf(refused, refused === 1525 ? {} : erased),
          recordOf(1543, erased),
          bad,
        ];
        await pipeline.send(records.map((record) => ({ ...record, partition: 0 })));
        await waitUntil('the other row is there', async () => (await ids()).includes(other), 60_000);
      }
      const erasures = async () => (await job.counts()).sum('messages_erased_total');
      await waitUntil('the job has counted the erased records', async () => (await erasures()) >= 5);
      expect(await erasures()).toBe(5);
      const [sum] = await query(pipeline.databaseUrl, 'SELECT sum(erased)::integer AS erased FROM spark_writes');
      expect(sum).toEqual({ erased: 5 });
      expect((await ids()).slice(-3)).toEqual([1540, 1541, 1544]);
      expect(await query(pipeline.databaseUrl, 'SELECT FROM quarantined_messages')).toHaveLength(1);
      expect(await job.stop()).toBe(0);
    });
  });
});

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { differences } from '../support/chaos.js';
import { systemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { setSparkStage, type SparkStage, type TestJob } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

const ROWS = 60_000;
const PART_BYTES = 300_000;

describe('a backfill from files', () => {
  let stage: SparkStage;

  beforeAll(async () => {
    // Without dirt: a row over several lines is the one thing that parts of a file cannot hold.
    stage = await setSparkStage('spark-backfill', ROWS, { dirty: 0 });
  });

  afterAll(() => stage?.close());

  const backfill = (): TestJob =>
    stage.job({
      pipeline: stage.pipeline,
      args: ['--source', 'files', '--path', stage.file],
      env: { SPARK_SPLIT_BYTES: String(PART_BYTES) },
    });
  const done = async (job: TestJob): Promise<string> => {
    await waitUntil('the backfill has ended', () => !job.process.isRunning(), 240_000);
    expect(await job.stop()).toBe(0);
    const log = await readFile(job.process.logFile, 'utf8');
    return log.split('\n').findLast((line) => line.includes('done: '))!;
  };

  it('goes on where it was killed, and gives the same mart as the topic would', async () => {
    const killed = backfill();
    await killed.start();
    await killed.hasWritten(10_000);
    await killed.kill();
    const { records: before } = await killed.written();
    expect(before).toBeLessThan(stage.expected.rows);

    const again = backfill();
    await again.start();
    const summary = await done(again);

    expect(Number(/parts done by an earlier run (\d+)/.exec(summary)![1])).toBeGreaterThan(0);
    expect(Number(/done: (\d+) rows/.exec(summary)![1])).toBeLessThanOrEqual(stage.expected.rows - before);
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
  });

  it('writes all of it when it is run again after it has ended: rows that were deleted come back', async () => {
    await query(stage.pipeline.databaseUrl, 'DELETE FROM messages WHERE id % 100 = 0');
    const job = backfill();
    await job.start();

    expect(await done(job)).toContain(`done: ${stage.expected.rows} rows`);
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
    expect((await job.written()).records).toBe(0);
  });

  it('says what is wrong with its files', async () => {
    const job = stage.job({
      pipeline: stage.pipeline,
      args: ['--source', 'files', '--path', dirname(stage.file) + '/*.tsv'],
    });
    await job.start().catch(() => undefined);
    await waitUntil('it has ended', () => !job.process.isRunning(), 60_000);
    expect(await readFile(job.process.logFile, 'utf8')).toContain('.tsv: no .csv or .csv.gz file. Give a file');
  });

  it('the gateway says how the cluster is, also while its master is silent, and is not held up by it', async () => {
    const env = { SPARK_MASTER_URL: stage.spark.cluster.uiUrl };
    const gateway = await stage.pipeline.start('gateway', { env });
    const becomes = (status: string) =>
      gateway.waitUntil(`Spark is ${status}`, async () => {
        const health = await systemHealth(gateway);
        expect(health.milliseconds).toBeLessThan(1500);
        return health.parts.spark.status === status && health.parts.mart.status === 'up' ? health : undefined;
      });

    const up = await becomes('up');
    expect(up.parts.spark['master']).toMatchObject({ status: 'ALIVE', workers: [{ state: 'ALIVE' }] });
    expect(up.parts.spark['job']).toBeNull();

    stage.spark.cluster.master.pause();
    try {
      // The consumer writes the mart here, so this stops nothing.
      const { parts } = await becomes('degraded');
      expect(parts.spark.message).toMatch(/no answer for|the master does not answer/);
    } finally {
      stage.spark.cluster.master.resume();
    }
    await becomes('up');
  });
});

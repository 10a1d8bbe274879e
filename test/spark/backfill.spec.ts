import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { differences } from '../support/chaos.js';
import { systemHealth } from '../support/gateway-client.js';
import { COLUMN_NAMES } from '#schema/contract.js';
import { listeningAddresses } from '../support/listening-sockets.js';
import { holding, isWriteWaiting } from '../support/locks.js';
import { query } from '../support/mart-database.js';
import { fieldsOf } from '../support/records.js';
import { setSparkStage, type SparkStage, type TestJob } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

const ROWS = 60_000;
const PART_BYTES = 300_000;

describe('a backfill from files', () => {
  let stage: SparkStage;

  beforeAll(async () => {
    // Without bad rows, because a row that spans several lines cannot be read from a part of a file.
    stage = await setSparkStage('spark-backfill', ROWS, { dirty: 0 });
  });

  afterAll(() => stage?.close());

  const backfill = (): TestJob =>
    stage.job({
      pipeline: stage.pipeline,
      args: ['--source', 'files', '--path', stage.file],
      env: { SPARK_SPLIT_BYTES: String(PART_BYTES) },
    });
  const summaryOf = async (job: TestJob): Promise<string> => {
    await waitUntil('the backfill has ended', () => !job.process.isRunning(), 240_000);
    expect(await job.stop()).toBe(0);
    const log = await readFile(job.process.logFile, 'utf8');
    return log.split('\n').findLast((line) => line.includes('done: '))!;
  };

  it('resumes after a kill, and produces the same mart as the topic would', async () => {
    const killed = backfill();
    await killed.start();
    await killed.hasWritten(10_000);
    const { master, worker } = stage.spark.cluster;
    // The executors are children of the worker, their Python processes children of the executors.
    const addresses = [master, worker, killed.process].map(({ pid }) => listeningAddresses(pid));
    await killed.kill();
    expect(addresses).toEqual([['127.0.0.1'], ['127.0.0.1'], ['127.0.0.1']]);
    const { records: before } = await killed.written();
    expect(before).toBeLessThan(stage.expected.rows);

    const again = backfill();
    await again.start();
    const summary = await summaryOf(again);

    expect(Number(/parts written by an earlier run (\d+)/.exec(summary)![1])).toBeGreaterThan(0);
    expect(Number(/done: (\d+) rows/.exec(summary)![1])).toBeLessThanOrEqual(stage.expected.rows - before);
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
  });

  it('writes all rows again when it is repeated after it has finished, which restores deleted rows', async () => {
    await query(stage.pipeline.databaseUrl, 'DELETE FROM messages WHERE id % 100 = 0');
    const job = backfill();
    await job.start();

    expect(await summaryOf(job)).toContain(`done: ${stage.expected.rows} rows`);
    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
    expect((await job.written()).records).toBe(0);
  });

  it('reports a path that matches no file', async () => {
    const job = stage.job({
      pipeline: stage.pipeline,
      args: ['--source', 'files', '--path', dirname(stage.file) + '/*.tsv'],
    });
    await job.start().catch(() => undefined);
    await waitUntil('the job has ended', () => !job.process.isRunning(), 60_000);
    expect(await readFile(job.process.logFile, 'utf8')).toContain('.tsv: no file matches. Give a file');
  });

  describe('with unusual file names and damaged files', () => {
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'files q[1]é '));
      await query(stage.pipeline.databaseUrl, 'TRUNCATE messages, quarantined_messages');
    });

    afterAll(() => rm(folder, { recursive: true, force: true }));

    const backfillOf = (...files: readonly string[]): TestJob =>
      stage.job({
        pipeline: stage.pipeline,
        args: ['--source', 'files', ...files.flatMap((file) => ['--path', join(folder, file)])],
        env: { SPARK_SPLIT_BYTES: String(PART_BYTES) },
      });
    const csv = (...ids: readonly number[]) =>
      [COLUMN_NAMES, ...ids.map((id) => COLUMN_NAMES.map((name) => fieldsOf(id)[name] ?? ''))]
        .map((fields) => `${fields.join(',')}\n`)
        .join('');
    const resultOf = async (job: TestJob) => {
      await waitUntil('the backfill has ended', () => !job.process.isRunning(), 240_000);
      return { code: await job.stop(), log: await readFile(job.process.logFile, 'utf8') };
    };
    const count = async () =>
      (await query<{ n: number }>(stage.pipeline.databaseUrl, 'SELECT count(*)::integer AS n FROM messages'))[0]!.n;

    it('takes file names literally, and reads a truncated file up to the damage', async () => {
      const named = ['_hidden.csv', 'v{a,b}.csv', 'q sp[1]é.csv'];
      for (const [i, name] of named.entries()) await writeFile(join(folder, name), csv(i + 1));
      for (const decoy of ['va.csv', 'vb.csv', 'q sp1é.csv']) await writeFile(join(folder, decoy), csv(99));
      const many = gzipSync(csv(...Array.from({ length: 20_000 }, (_, i) => 1000 + i)));
      await writeFile(join(folder, 'cut.csv.gz'), many.subarray(0, -5000));

      const job = backfillOf(...named, 'cut.csv.gz');
      await job.start();
      const { code, log } = await resultOf(job);

      expect(code).toBe(1);
      expect(log).toContain('cut.csv.gz ends in the middle of its compressed data. Fetch the file again');
      expect(log).not.toContain('Traceback');
      const summary = log.split('\n').findLast((line) => line.includes('done: '))!;
      for (const name of named) expect(summary).toContain(join(folder, name));
      const few = await query<{ id: string }>(stage.pipeline.databaseUrl, 'SELECT id FROM messages WHERE id < 1000');
      expect(few.map(({ id }) => Number(id)).sort()).toEqual([1, 2, 3]);
      expect(await count()).toBeGreaterThan(10_000);
    });

    it('reports a lock that it waits for, stops on request, and skips parts of a file that was overwritten before they were read', async () => {
      const { databaseUrl } = stage.pipeline;
      await query(databaseUrl, 'TRUNCATE messages');
      const file = join(folder, 'm.csv');
      await copyFile(stage.file, file);
      const release = await holding(databaseUrl, 'BEGIN; LOCK TABLE messages IN ACCESS EXCLUSIVE MODE');
      try {
        const stopped = backfillOf('m.csv');
        await stopped.start();
        await waitUntil('it waits for the lock', () => isWriteWaiting(databaseUrl), 180_000);
        await waitUntil(
          'the job reports the lock',
          async () =>
            (await stopped.process.whyNotReady())?.includes('waits for a lock in PostgreSQL, held by session'),
          30_000,
        );
        expect(await stopped.stop()).toBe(0);
        // The executors end shortly after the driver, and PostgreSQL notices within a second. After that nothing writes.
        await waitUntil('the sessions of the job have ended', async () => !(await isWriteWaiting(databaseUrl)), 30_000);

        const job = backfillOf('m.csv');
        await job.start();
        // The first parts are read and wait to be written; the others are read after the lock is released.
        await waitUntil('it waits for the lock', () => isWriteWaiting(databaseUrl), 180_000);
        await copyFile(stage.file, file);
        await release();
        const { code, log } = await resultOf(job);

        expect(code).toBe(1);
        expect(log).toContain(`${file} changed while it was read: it was modified`);
        expect(await count()).toBeLessThan(ROWS / 2);
      } finally {
        await release();
      }
    });
  });

  it('the gateway reports the state of the cluster without delay, even while the master does not answer', async () => {
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
      // The consumer writes the mart here, so the status is only degraded.
      const { parts } = await becomes('degraded');
      expect(parts.spark.message).toMatch(/no answer for|the master does not answer/);
    } finally {
      stage.spark.cluster.master.resume();
    }
    await becomes('up');
  });
});

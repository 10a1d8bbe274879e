import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { differences } from '../support/chaos.js';
import { copyOf, type DatabaseCopy } from '../support/database-copy.js';
import { query } from '../support/mart-database.js';
import { setSparkStage, type SparkStage, type TestJob } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

/** Thirty micro-batches, on a busy machine. */
const WHOLE_TOPIC_MS = 600_000;

const ROWS = 60_000;
const NOTHING = { mart: [], quarantine: [], ledger: [] };

describe('the Spark job, while its components are killed one after the other', () => {
  let stage: SparkStage;
  let job: TestJob;
  let records: number;
  let older: DatabaseCopy;

  beforeAll(async () => {
    stage = await setSparkStage('spark-kills', ROWS);
    await stage.pipeline.produceFile(stage.file);
    records = await stage.pipeline.recordsInTopic();
    older = await copyOf(stage.pipeline.databaseUrl);
    job = stage.job({ pipeline: stage.pipeline, checkpoint: 'live' });
  });

  afterAll(() => stage?.close());

  it('produces the same mart and quarantine, row by row, and counts each record once', async () => {
    const { kafka, postgres, spark } = stage;
    const { cluster } = spark;
    const victims: Record<string, () => Promise<void>> = {
      executor: () => cluster.killExecutors(),
      worker: () => cluster.worker.kill().then(() => cluster.worker.start()),
      PostgreSQL: () => postgres.kill().then(() => postgres.start()),
      driver: () => job.kill().then(() => job.start()),
      master: () => cluster.master.kill().then(() => cluster.master.start()),
      Kafka: () => kafka.kill().then(() => kafka.start()),
    };
    await job.start();
    await job.hasWritten(1);
    for (const kill of Object.values(victims)) {
      const { records: before } = await job.written();
      expect(before).toBeLessThan(records);
      await sleep(1000 * Math.random());
      await kill();
      // Work in progress may still be written; anything after it shows that the job has recovered.
      await job.hasWritten(Math.min(records, before + 8_000));
    }
    await job.caughtUp();

    expect(await differences(stage)).toEqual(NOTHING);
    const { inserted, ...written } = await job.written();
    expect(written).toMatchObject({ queries: 1, records });
    expect(inserted).toBe(stage.expected.mart.size);
    expect(await job.stop()).toBe(0);
  });

  it('reads the whole topic again when its checkpoint is lost, and changes nothing', async () => {
    await rm(job.checkpointDir, { recursive: true });
    await job.start();

    const counts = await job.caughtUp(WHOLE_TOPIC_MS);

    expect(counts.sum('messages_consumed_total')).toBe(records);
    expect(counts.sum('messages_stored_total')).toBe(0);
    expect(counts.sum('messages_quarantined_total')).toBe(0);
    expect(await differences(stage)).toEqual(NOTHING);
    expect(await job.stop()).toBe(0);
  });

  it('reads the whole topic again when its database is replaced by an older copy', async () => {
    await job.start();
    await job.caughtUp(WHOLE_TOPIC_MS);
    await waitUntil('the older copy takes the place', () => older.takePlace());
    expect(await query(stage.pipeline.databaseUrl, 'SELECT FROM messages')).toEqual([]);
    await stage.pipeline.send([{ key: 'noticed with the next record', value: null }]);

    await waitUntil(
      'all records are read again',
      async () => (await job.written()).records === records + 1,
      WHOLE_TOPIC_MS,
    );
    expect((await job.counts()).sum('messages_rewinds_total')).toBe(1);
    expect(await differences(stage)).toEqual(NOTHING);
    expect(await job.stop()).toBe(0);

    await job.start();
    await job.caughtUp(WHOLE_TOPIC_MS);
    expect((await job.counts()).sum('messages_rewinds_total')).toBe(0);
    expect(await job.stop()).toBe(0);
  });
});

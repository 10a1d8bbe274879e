import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Admin } from 'kafkajs';
import { createTopic } from '../support/create-topic.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf, version } from '../support/records.js';
import { setSparkStage, type SparkStage, type TestJob } from '../support/spark-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(900_000);

const INT64_MAX = '9223372036854775807';
/** Unusual timestamps make Spark plan the batch several times. */
const FIRST_BATCH_MS = 400_000;
const NOW = Date.now();
/** Timestamps that other producers may write. */
const TIMESTAMPS = ['0', '-1', `${NOW}000`, `${NOW}000000`, INT64_MAX, `${NOW}`];

describe('the Spark job on a topic that other programs write to', () => {
  let stage: SparkStage;
  let admin: Admin;
  let job: TestJob;

  beforeAll(async () => {
    stage = await setSparkStage('spark-other-producers', 10);
    admin = stage.pipeline.kafka.admin();
    await admin.connect();
    const configEntries = [{ name: 'message.timestamp.after.max.ms', value: INT64_MAX }];
    await createTopic(admin, { topic: stage.pipeline.topic, numPartitions: 2, configEntries });
    await query(
      stage.pipeline.databaseUrl,
      `DO $$ BEGIN
         EXECUTE format('ALTER DATABASE %I SET datestyle = ''German, DMY''', current_database());
         EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Tokyo''', current_database());
         EXECUTE format('ALTER DATABASE %I SET default_transaction_isolation = ''serializable''', current_database());
       END $$`,
    );
    job = stage.job({ pipeline: stage.pipeline });
  });

  afterAll(async () => {
    await admin?.disconnect();
    await stage?.close();
  });

  it('reads committed records only, and stores records with any timestamp', async () => {
    const { pipeline } = stage;
    await pipeline.sendInTransaction(
      numbers(30).map((i) => ({ ...recordOf(i), partition: 0 })),
      'commit',
    );
    // Newer versions of these rows, and more rows.
    await pipeline.sendInTransaction(
      numbers(30).map((i) => ({ ...recordOf(i + 15, version(1)), partition: 0 })),
      'abort',
    );
    await pipeline.send(TIMESTAMPS.map((timestamp, i) => ({ ...recordOf(100 + i), timestamp, partition: 1 })));
    const value = Buffer.from([...numbers(256)]);
    const headers = { trace: Buffer.from([0, 255]), 'of ), key = [1]': 'x' };
    await pipeline.send(TIMESTAMPS.map((timestamp, i) => ({ key: `${i}`, value, headers, timestamp, partition: 1 })));

    await job.start();
    const counts = await job.caughtUp(FIRST_BATCH_MS);

    const rows = await query<{ id: string; first: boolean }>(
      pipeline.databaseUrl,
      `SELECT id, updated_at = '2023-04-27 05:09:22.5Z' AS first FROM messages ORDER BY id`,
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([...numbers(30), ...TIMESTAMPS.map((_, i) => 100 + i)]);
    expect(rows.every(({ first }) => first)).toBe(true);
    // Of the unusual timestamps, only the current time yields a latency.
    expect(counts.sum('messages_end_to_end_latency_seconds_count')).toBe(30 + 2);
    const odd = await query<{ offset: string; ms: string; key: Buffer; value: Buffer; headers: unknown }>(
      pipeline.databaseUrl,
      `SELECT "offset", (extract(epoch FROM recorded_at) * 1000)::bigint AS ms, key, value, headers
       FROM quarantined_messages WHERE partition = 1 ORDER BY 1`,
    );
    expect(odd.map(({ key }) => String(key))).toEqual(TIMESTAMPS.map((_, i) => `${i}`));
    expect(odd.every((each) => value.equals(each.value))).toBe(true);
    expect(odd.map((each) => each.headers)).toEqual(
      TIMESTAMPS.map(() => ({ trace: '\ufffd\ufffd', 'of ), key = [1]': 'x' })),
    );
    expect(odd.map(({ offset }) => Number(offset))).toEqual(TIMESTAMPS.map((_, i) => TIMESTAMPS.length + i));
    expect(odd.at(-1)!.ms).toBe(String(NOW));
    expect(await job.stop()).toBe(0);
  });

  it('notes deleted records as skipped, and reads a re-created topic from its start', async () => {
    const { pipeline } = stage;
    const { topic, databaseUrl } = pipeline;
    const ids = async () => {
      const rows = await query<{ id: string }>(databaseUrl, 'SELECT id FROM messages WHERE id >= 200 ORDER BY id');
      return rows.map(({ id }) => Number(id));
    };
    await pipeline.send(numbers(20).map((i) => ({ ...recordOf(200 + i), partition: 1 })));
    const begin = 2 * TIMESTAMPS.length;
    await admin.fetchTopicOffsets(topic); // otherwise the client does not know the leaders
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: String(begin + 15) }] });

    // A partition that the job has never read has also lost its first records.
    await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await waitUntil('the new partition has a leader', async () => (await admin.fetchTopicOffsets(topic)).length === 3);
    await pipeline.send(numbers(5).map((i) => ({ ...recordOf(220 + i), partition: 2 })));
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 2, offset: '3' }] });

    await job.start();
    await job.caughtUp(FIRST_BATCH_MS);
    expect(await ids()).toEqual([215, 216, 217, 218, 219, 223, 224]);
    const skipped = `SELECT partition, from_offset, to_offset, reason FROM skipped_records ORDER BY partition`;
    expect(await query(databaseUrl, skipped)).toEqual([
      { partition: 1, from_offset: String(begin), to_offset: String(begin + 15), reason: 'deleted' },
      { partition: 2, from_offset: '0', to_offset: '3', reason: 'deleted' },
    ]);

    await admin.deleteTopics({ topics: [topic] });
    await waitUntil('the topic is deleted', async () => !(await admin.listTopics()).includes(topic));
    await createTopic(admin, { topic, numPartitions: 2 });
    await pipeline.send(numbers(3).map((i) => ({ ...recordOf(300 + i), partition: 1 })));
    await waitUntil('the records of the new topic are in the mart', async () => (await ids()).includes(302), 180_000);
    expect((await ids()).slice(-3)).toEqual([300, 301, 302]);
    expect(await job.stop()).toBe(0);
  });

  it('finds nothing to repair behind a consumer when a transaction was aborted', async () => {
    const pipeline = await Pipeline.create({ servers: stage.servers, partitions: 2 });
    try {
      await pipeline.createTopic();
      await pipeline.sendInTransaction(
        numbers(30).map((i) => ({ ...recordOf(i), partition: 0 })),
        'commit',
      );
      await pipeline.sendInTransaction(
        numbers(30).map((i) => ({ ...recordOf(i + 15, version(1)), partition: 0 })),
        'abort',
      );
      await pipeline.consumer();
      const follower = stage.job({ pipeline, args: ['--follow'], env: { SPARK_FOLLOWER_PATIENCE_SECONDS: '300' } });
      await follower.start();

      const counts = await follower.caughtUp(FIRST_BATCH_MS);
      expect(counts.sum('messages_consumed_total')).toBe(30);
      expect(counts.sum('messages_mart_repairs_total')).toBe(0);
      const rows = await query<{ id: string; first: boolean }>(
        pipeline.databaseUrl,
        `SELECT id, updated_at = '2023-04-27 05:09:22.5Z' AS first FROM messages ORDER BY id`,
      );
      expect(rows).toEqual(numbers(30).map((i) => ({ id: String(i), first: true })));
      expect(await follower.stop()).toBe(0);
    } finally {
      await pipeline.close();
    }
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { PartitionAssigners, type Admin, type Assigner, type PartitionAssigner } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemHealth } from '../support/gateway-client.js';
import { isWriteWaiting, lockMessages } from '../support/locks.js';
import { createTopic } from '../support/create-topic.js';
import { readMart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

let pipeline: Pipeline;
let admin: Admin;

beforeEach(async () => {
  pipeline = await Pipeline.create({ partitions: 1 });
  admin = pipeline.kafka.admin();
  await admin.connect();
  await pipeline.createTopic();
});

afterEach(async () => {
  await admin?.disconnect();
  await pipeline?.close();
});

const send = (from: number, count: number) => pipeline.send(numbers(count).map((id) => recordOf(from + id)));

/** Uses a client that does not know the topic, because kafkajs asks for the metadata of known topics before it creates one. */
async function recreateTopic(): Promise<void> {
  await admin.deleteTopics({ topics: [pipeline.topic] });
  const creator = pipeline.kafka.admin();
  await creator.connect();
  try {
    await waitUntil('the topic is gone', async () => !(await creator.listTopics()).includes(pipeline.topic));
    await createTopic(creator, { topic: pipeline.topic, numPartitions: 1 });
  } finally {
    await creator.disconnect();
  }
}

async function deleteRecords(before: string): Promise<void> {
  // kafkajs must know the topic.
  await admin.fetchTopicOffsets(pipeline.topic);
  await admin.deleteTopicRecords({ topic: pipeline.topic, partitions: [{ partition: 0, offset: before }] });
}

/** ConfigResourceTypes.TOPIC, which ES modules cannot import from kafkajs by name. */
const TOPIC_RESOURCE = 2;

const OTHER_CLIENT = 'kafkajs';

/** Named like the default protocol of Java clients, which the consumer does not support. */
const rangeAssigner: PartitionAssigner = (config) => renamed(PartitionAssigners.roundRobin(config), 'range');

function renamed(assigner: Assigner, name: string): Assigner {
  return { ...assigner, name, protocol: (subscription) => ({ ...assigner.protocol(subscription), name }) };
}

interface Skipped {
  readonly partition: number;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

function skipped(): Promise<Skipped[]> {
  return query<Skipped>(
    pipeline.databaseUrl,
    `SELECT partition, from_offset::float8 AS from, to_offset::float8 AS to, reason FROM skipped_records
     WHERE resolved_at IS NULL ORDER BY partition, from_offset`,
  );
}

async function rowsReach(count: number): Promise<void> {
  await waitUntil(`${count} rows are in the mart`, async () => {
    const [row] = await query<{ count: number }>(pipeline.databaseUrl, 'SELECT count(*)::int FROM messages');
    if (row!.count !== count) throw new Error(`${row!.count} rows`);
    return true;
  });
}

describe('a re-created topic', () => {
  it('is read from its start while the consumer runs', async () => {
    await send(0, 100);
    await pipeline.consumer();
    await pipeline.caughtUp();

    await recreateTopic();
    await send(1000, 300);
    await rowsReach(400);
    await pipeline.caughtUp();
    expect(await skipped()).toEqual([]);
  });

  it('is read from its start when the consumer was stopped, and unread records of the old topic are counted', async () => {
    await send(0, 100);
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '10' });
    await pipeline.caughtUp();
    // 25 more records. The consumer commits 10 of them.
    await query(
      pipeline.databaseUrl,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE lock_not_available; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.id >= 110) EXECUTE FUNCTION refuse()`,
    );
    await send(100, 25);
    await rowsReach(110);
    await waitUntil('ten of them are committed', async () => (await pipeline.committed()) === 110);
    await consumer.kill();
    await query(pipeline.databaseUrl, 'DROP TRIGGER refuse ON messages');

    await recreateTopic();
    await send(1000, 150);
    await pipeline.consumer();
    await rowsReach(260);
    await pipeline.caughtUp();
    expect(await skipped()).toEqual([{ partition: 0, from: 110, to: 125, reason: 'topic_recreated' }]);
  });

  it('is read from its start when it is re-created while the consumer waits for the database', async () => {
    const consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '50' });
    const release = await lockMessages(pipeline.databaseUrl);
    // More than the consumer takes at once, so that it stops fetching and the broker cannot tell it about the topic.
    await send(0, 400);
    await waitUntil('a batch waits for the lock', () => isWriteWaiting(pipeline.databaseUrl));
    // Every 2 s the consumer confirms that the end it has seen is that of this topic. Nothing shows that from outside.
    await sleep(5000);
    await recreateTopic();
    await send(1000, 600);
    await consumer.waitUntil('the consumer reports the new topic', () =>
      consumer.output.includes('reading restarts at the beginning of the new'),
    );
    await release();

    const count = (where: string) =>
      query<{ n: number }>(pipeline.databaseUrl, `SELECT count(*)::int AS n FROM messages WHERE ${where}`);
    await waitUntil(
      'all records of the new topic are in the mart',
      async () => (await count('id >= 1000'))[0]!.n === 600,
    );
    await pipeline.caughtUp();
    const counted = (await skipped()).reduce((sum, { from, to }) => sum + to - from, 0);
    expect((await count('id < 1000'))[0]!.n + counted).toBe(400);
  });
});

describe('skipped records', () => {
  it('are counted when Kafka deletes them, even if no record is left in the topic', async () => {
    await send(0, 10);
    const first = await pipeline.consumer();
    await pipeline.caughtUp();
    await first.stop();
    await send(10, 90);
    await deleteRecords('60');
    const consumer = await pipeline.consumer();
    await pipeline.caughtUp();

    const deleted = [{ partition: 0, from: 10, to: 60, reason: 'deleted' }];
    expect(await skipped()).toEqual(deleted);
    expect((await consumer.metrics()).get('messages_skipped_total{reason="deleted"}')).toBe(50);
    expect((await readMart(pipeline.databaseUrl)).size).toBe(50);

    await consumer.stop();
    await send(100, 40);
    await deleteRecords('-1');
    await pipeline.consumer();
    await waitUntil('the deleted records are counted', async () => (await skipped()).length === 2);
    expect(await skipped()).toEqual([...deleted, { partition: 0, from: 100, to: 140, reason: 'deleted' }]);
    await pipeline.caughtUp();
  });

  it('are counted when an administrator moves the offsets to the end, and no longer once they are read after all', async () => {
    await send(0, 10);
    const first = await pipeline.consumer();
    await pipeline.caughtUp();
    await first.stop();
    await send(10, 90);
    const reset = (offset: string) =>
      admin.setOffsets({ groupId: pipeline.group, topic: pipeline.topic, partitions: [{ partition: 0, offset }] });
    await reset('100');
    const second = await pipeline.consumer();
    await waitUntil('they are counted', async () => (await skipped()).length === 1);
    expect(await skipped()).toEqual([{ partition: 0, from: 10, to: 100, reason: 'offsets_moved' }]);

    await send(100, 1);
    await pipeline.caughtUp();
    await second.stop();
    await reset('10');
    await pipeline.consumer();
    await rowsReach(101);
    expect(await skipped()).toEqual([]);
  });

  it('are counted when another program in the group reads them, which log, /health, metrics and REST report', async () => {
    await send(0, 10);
    const first = await pipeline.consumer();
    await pipeline.caughtUp();
    await first.stop();

    const other = pipeline.kafka.consumer({ groupId: pipeline.group, partitionAssigners: [rangeAssigner] });
    await other.connect();
    await other.subscribe({ topics: [pipeline.topic] });
    await other.run({ autoCommitThreshold: 1, eachMessage: () => Promise.resolve() });
    await send(10, 60);
    await waitUntil('the other program has read them', async () => (await pipeline.committed()) === 70);

    const consumer = await pipeline.consumer();
    const gateway = await pipeline.start('gateway');
    const named = `client id ${OTHER_CLIENT}, host 127.0.0.1`;
    await consumer.waitUntil('the consumer names it', () => consumer.output.includes(`another program (${named})`));
    await gateway.waitUntil('the gateway names it', async () => {
      const { status, parts } = await systemHealth(gateway);
      const { message, action } = parts.consumer_group;
      return status === 503 && message?.includes(`(${named})`) && action?.includes('CONSUMER_GROUP_ID');
    });

    await other.disconnect();
    await waitUntil('they are counted', async () => (await skipped()).length === 1);
    expect(await skipped()).toEqual([{ partition: 0, from: 10, to: 70, reason: 'offsets_moved' }]);
    const { parts } = await gateway.waitUntil('the gateway counts them', async () => {
      const health = await systemHealth(gateway);
      return health.parts.mart['skipped_records'] === 60 ? health : undefined;
    });
    expect(parts.mart).toMatchObject({
      status: 'degraded',
      message: expect.stringMatching(/^60 records were never read, .* offsets 10 to 69: /),
      action: expect.stringMatching(/reset-offsets/),
    });
    const labels = `topic="${pipeline.topic}",partition="0",reason="offsets_moved"`;
    expect((await gateway.metrics()).get(`messages_skipped_records{${labels}}`)).toBe(60);
    const answer = await fetch(`${gateway.url}/api/v1/skipped-records`);
    expect(await answer.json()).toMatchObject({ data: [{ from_offset: 10, to_offset: 70, reason: 'offsets_moved' }] });
    // The consumer is the only member of the group again.
    await send(70, 1);
    await rowsReach(11);
  });
});

describe('a database that is set back', () => {
  const rewindsOf = async (consumer: TestApp, reason: string) =>
    (await consumer.metrics()).get(`messages_rewinds_total{reason="${reason}"}`);

  /** Like a failover to a standby that lacks the last transactions. */
  const setBackTo = (next: number) =>
    query(
      pipeline.databaseUrl,
      `BEGIN; DELETE FROM messages WHERE id > ${next}; UPDATE consumer_positions SET next_offset = ${next}; COMMIT`,
    );

  const empty = () => query(pipeline.databaseUrl, 'TRUNCATE messages, consumer_positions');

  it('is filled again by a running consumer, which log and metrics report', async () => {
    await send(1, 100);
    const consumer = await pipeline.consumer();
    await pipeline.caughtUp();
    expect(await rewindsOf(consumer, 'database_set_back')).toBe(0);

    await setBackTo(60);
    await send(101, 10);
    await rowsReach(110);
    await pipeline.caughtUp();
    expect(consumer.output).toContain(
      `the database was set back: for partition 0 of ${pipeline.topic} it has position 60, but position 100 was stored`,
    );
    expect(consumer.output).toContain(
      `Partition 0 of ${pipeline.topic} is read from offset 60: the mart has position 60`,
    );
    expect(await rewindsOf(consumer, 'database_set_back')).toBe(1);
    expect(await skipped()).toEqual([]);
  });

  it('is filled again when it was emptied, while no record arrives, and when the consumer starts', async () => {
    await send(1, 100);
    const consumer = await pipeline.consumer();
    await pipeline.caughtUp();
    await empty();
    await rowsReach(100);
    await pipeline.caughtUp();
    expect(consumer.output).toContain('it has no position, but position 100 was stored');
    expect(await rewindsOf(consumer, 'database_set_back')).toBe(1);

    await consumer.stop();
    await empty();
    const next = await pipeline.consumer();
    await rowsReach(100);
    expect(await rewindsOf(next, 'database_set_back')).toBe(1);
    expect(next.output).toContain('is read from offset 0: the mart has no position, but position 100 was stored');
    expect(await skipped()).toEqual([]);
  });

  it('is not assumed when the mart is ahead of the topic: the topic is read again', async () => {
    await send(1, 100);
    const first = await pipeline.consumer();
    await pipeline.caughtUp();
    await first.stop();
    await query(pipeline.databaseUrl, 'DELETE FROM messages; UPDATE consumer_positions SET next_offset = 500');
    const consumer = await pipeline.consumer();
    await rowsReach(100);
    expect(consumer.output).toContain(
      'the mart has position 500, but the partition ends at offset 100: it lost records',
    );
    expect(await rewindsOf(consumer, 'log_truncated')).toBe(1);
    expect(await rewindsOf(consumer, 'database_set_back')).toBe(0);
  });
});

describe('a topic that an administrator changes', () => {
  it('is read from new partitions within 30 s, and is reported by log and /health once it is compacted', async () => {
    const gateway = await pipeline.start('gateway');
    const first = await pipeline.consumer();
    await send(0, 10);
    await pipeline.caughtUp();
    await admin.createPartitions({ topicPartitions: [{ topic: pipeline.topic, count: 3 }] });
    await pipeline.send([11, 12, 13].map((id, partition) => ({ ...recordOf(id), partition })));
    await rowsReach(13);
    await pipeline.caughtUp();

    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: TOPIC_RESOURCE, name: pipeline.topic, configEntries }],
    });
    await gateway.waitUntil('the gateway names it', async () => {
      const { kafka } = (await systemHealth(gateway)).parts;
      return (
        kafka.status === 'degraded' && kafka.message?.includes('is compacted') && kafka.action?.includes('=delete')
      );
    });
    await first.stop();
    const second = await pipeline.consumer();
    await second.waitUntil('the consumer names it', () => second.output.includes('is compacted'));
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { consumedBy, type TestApp } from '../support/test-app.js';
import { holding, isWriteWaiting, lockMessages } from '../support/locks.js';
import { martDifferences, readMart, readQuarantine, type Mart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, numbers, recordOf, version } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

async function insertedBy(...consumers: TestApp[]): Promise<number> {
  const metrics = await Promise.all(consumers.map((consumer) => consumer.metrics()));
  return metrics.reduce((sum, each) => sum + (each.get('messages_stored_total{result="inserted"}') ?? 0), 0);
}

describe('consumers of the same mart', () => {
  const IDS = 2_000;
  const VERSIONS = 6;
  let pipeline: Pipeline;
  let expected: Mart;

  beforeEach(async () => {
    pipeline = await Pipeline.create();
    expected = new Map(numbers(IDS).map((id) => [String(id), lineOf(id, version(VERSIONS - 1))]));
  });

  afterEach(() => pipeline.close());

  /** Sends all versions of all ids. Versions of one id go to different partitions, so that the consumers compete for its row. */
  async function sendVersions(): Promise<void> {
    const messages = numbers(VERSIONS).flatMap((round) =>
      numbers(IDS).map((id) => ({
        ...recordOf(id, version((round * 5 + id) % VERSIONS)),
        partition: (id + round) % 3,
      })),
    );
    await pipeline.send(messages);
  }

  it('produce the expected mart as two members of one group', async () => {
    await pipeline.createTopic();
    const env = { CONSUMER_BATCH_RECORDS: '300' };
    const consumers = await Promise.all([pipeline.consumer(env), pipeline.consumer(env)]);
    await consumers[0].waitUntil('both consumers are members', async () => {
      const { members, state } = await pipeline.describeGroup();
      return state === 'Stable' && members.length === 2;
    });
    await sendVersions();
    await pipeline.caughtUp();

    const consumed = await consumedBy(...consumers);
    expect(consumed.every((records) => records > 0)).toBe(true);
    expect(consumed[0]! + consumed[1]!).toBe(IDS * VERSIONS);
    expect(await insertedBy(...consumers)).toBe(IDS);
    expect(martDifferences(await readMart(pipeline.databaseUrl), expected)).toEqual([]);
    expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
  });

  it('produce the expected mart as two groups that each read every record', async () => {
    await pipeline.createTopic();
    await sendVersions();
    await pipeline.send([{ value: 'not JSON' }]);
    const otherGroup = `${pipeline.group}-2`;
    const env = { CONSUMER_BATCH_RECORDS: '300' };
    const consumers = await Promise.all([
      pipeline.consumer(env),
      pipeline.consumer({ ...env, CONSUMER_GROUP_ID: otherGroup }),
    ]);
    await Promise.all([pipeline.caughtUp(), pipeline.caughtUp({ groupId: otherGroup })]);

    expect(await consumedBy(...consumers)).toEqual([IDS * VERSIONS + 1, IDS * VERSIONS + 1]);
    expect(await insertedBy(...consumers)).toBe(IDS);
    expect(martDifferences(await readMart(pipeline.databaseUrl), expected)).toEqual([]);
    expect(await readQuarantine(pipeline.databaseUrl)).toHaveLength(1);
  });
});

describe('a consumer that starts first', () => {
  it('reports missing tables, and continues when mart-init has created them', async () => {
    const pipeline = await Pipeline.create({ database: await createTestDatabase() });
    try {
      await pipeline.createTopic();
      await pipeline.send([recordOf(1)]);
      const consumer = await pipeline.consumer();
      const { down } = await consumer.waitUntil('it reports the missing tables', async () => {
        const health = await consumer.health('readyz');
        return health.status === 503 && health.down['mart'] ? health : undefined;
      });
      expect(down['mart']).toMatch(/^nothing written since .*: schema "erasure" does not exist/);
      expect((await consumer.health('livez')).status).toBe(200);

      const martInit = await pipeline.start('mart-init');
      expect(await martInit.exited).toEqual({ code: 0, signal: null });
      await pipeline.caughtUp();
      await consumer.ready();

      expect(await readMart(pipeline.databaseUrl)).toEqual(new Map([['1', lineOf(1)]]));
      expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
    } finally {
      await pipeline.close();
    }
  });

  it('creates the topic', async () => {
    const pipeline = await Pipeline.create({ partitions: 4 });
    try {
      const consumer = await pipeline.consumer();
      await consumer.ready();
      await pipeline.send(numbers(4).map((id) => ({ ...recordOf(id), partition: id })));
      await pipeline.caughtUp();

      expect((await readMart(pipeline.databaseUrl)).size).toBe(4);
    } finally {
      await pipeline.close();
    }
  });
});

describe('a write that takes longer than the session timeout', () => {
  const SESSION_TIMEOUT_MS = 6000;

  it('does not cost the consumer its membership of the group', async () => {
    const pipeline = await Pipeline.create();
    try {
      await pipeline.createTopic();
      const consumer = await pipeline.consumer({
        CONSUMER_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
        // The batches in progress hold less than what is sent, so the consumer has to stop reading.
        CONSUMER_BATCH_RECORDS: '100',
      });
      await consumer.ready();
      const member = (await pipeline.describeGroup()).members[0]!.memberId;

      const unlock = await lockMessages(pipeline.databaseUrl);
      const lockedAt = performance.now();
      await pipeline.send(numbers(3000).map((id) => recordOf(id)));
      await waitUntil('a write waits for the lock', () => isWriteWaiting(pipeline.databaseUrl));
      const members = new Set<string>();
      await waitUntil('the session timeout has passed', async () => {
        const group = await pipeline.describeGroup();
        members.add(`${group.state} ${group.members.map(({ memberId }) => memberId).join(', ')}`);
        return performance.now() > lockedAt + 1.5 * SESSION_TIMEOUT_MS;
      });
      expect(await isWriteWaiting(pipeline.databaseUrl)).toBe(true);
      expect([...members]).toEqual([`Stable ${member}`]);
      // Only the write is reported; the group is healthy.
      expect(Object.keys((await consumer.health('readyz')).down)).toEqual(['mart']);
      await unlock();

      await pipeline.caughtUp();
      expect((await pipeline.describeGroup()).members.map(({ memberId }) => memberId)).toEqual([member]);
      expect(consumer.output.match(/Joined group/g)).toHaveLength(1);
      expect(await consumedBy(consumer)).toEqual([3000]);
      expect((await readMart(pipeline.databaseUrl)).size).toBe(3000);
    } finally {
      await pipeline.close();
    }
  });
});

describe('a write that ends after another consumer has taken over its partition', () => {
  // The broker accepts offsets for any partition from any member, so a late commit would move the group back.
  it('does not move the committed offset back', async () => {
    const pipeline = await Pipeline.create({ partitions: 1 });
    try {
      await pipeline.createTopic();
      // Only the first consumer waits, because only its connections have this setting.
      await query(
        pipeline.databaseUrl,
        `CREATE FUNCTION wait_when_told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           IF current_setting('test.wait', true) = 'on' THEN PERFORM pg_advisory_xact_lock(1); END IF;
           RETURN NULL;
         END $$`,
      );
      await query(
        pipeline.databaseUrl,
        'CREATE TRIGGER wait BEFORE INSERT ON messages FOR EACH STATEMENT EXECUTE FUNCTION wait_when_told()',
      );
      const unlock = await holding(pipeline.databaseUrl, 'SELECT pg_advisory_lock(1)');
      await pipeline.send(numbers(10).map((id) => recordOf(id)));
      // kafkajs assigns partitions in the order of the members' ids, which start with the client id.
      const first = await pipeline.consumer({
        DATABASE_URL: `${pipeline.databaseUrl}?options=-c%20test.wait%3Don`,
        KAFKA_CLIENT_ID: 'b',
      });
      await first.waitUntil('its write waits', async () => {
        const waiting = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
        return (await query(pipeline.databaseUrl, waiting)).length > 0;
      });
      await pipeline.consumer({ KAFKA_CLIENT_ID: 'a' });
      await pipeline.caughtUp();
      await pipeline.send(numbers(10).map((id) => recordOf(10 + id)));
      await pipeline.caughtUp();

      await unlock();
      await first.waitUntil('its write has ended', async () => (await consumedBy(first))[0] === 10);
      expect(await first.stop()).toEqual({ code: 0, signal: null });
      expect(await pipeline.committed()).toBe(20);
      expect((await readMart(pipeline.databaseUrl)).size).toBe(20);
    } finally {
      await pipeline.close();
    }
  });
});

describe('a consumer that writes two batches concurrently', () => {
  it('commits a batch only after all batches before it, so that a kill loses no record', async () => {
    const pipeline = await Pipeline.create({ partitions: 1 });
    try {
      await pipeline.createTopic();
      await query(
        pipeline.databaseUrl,
        `CREATE FUNCTION wait_for_lock() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           PERFORM pg_advisory_xact_lock(1);
           RETURN NEW;
         END $$`,
      );
      await query(
        pipeline.databaseUrl,
        'CREATE TRIGGER wait BEFORE INSERT ON messages FOR EACH ROW WHEN (NEW.id = 5) EXECUTE FUNCTION wait_for_lock()',
      );
      const unlock = await holding(pipeline.databaseUrl, 'SELECT pg_advisory_lock(1)');
      await pipeline.send(numbers(20).map((id) => recordOf(id)));
      const killed = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '10' });
      await killed.waitUntil('the second batch is stored', async () => {
        return (await consumedBy(killed))[0] === 10 && (await readMart(pipeline.databaseUrl)).has('15');
      });
      expect((await readMart(pipeline.databaseUrl)).has('5')).toBe(false);
      expect(await pipeline.committed()).toBe(0);

      await killed.kill();
      await unlock();
      await pipeline.consumer();
      await pipeline.caughtUp();
      expect(await pipeline.committed()).toBe(20);
      expect((await readMart(pipeline.databaseUrl)).size).toBe(20);
    } finally {
      await pipeline.close();
    }
  });
});

describe('a second pipeline on the same mart', () => {
  const REFUSAL =
    /ANOTHER_PIPELINE: Another pipeline writes into this mart: topic "(.*)" of Kafka cluster (\S+) \((.*), seen/;
  let pipeline: Pipeline;
  let other: string;

  beforeEach(async () => {
    pipeline = await Pipeline.create({ partitions: 1 });
    other = `${pipeline.topic}-other`;
    await pipeline.createTopic();
    await pipeline.createTopic({ topic: other });
    await pipeline.send([recordOf(1)]);
    await pipeline.send([recordOf(2)], other);
  });

  afterEach(() => pipeline.close());

  /** In a group of its own, as another deployment would be. */
  const consumerOf = (topic: string) =>
    pipeline.consumer({ KAFKA_TOPIC: topic, CONSUMER_GROUP_ID: `${topic}-consumer-of-other` });

  const hasRow = (id: number) =>
    waitUntil(`row ${id} is in the mart`, async () => {
      const [row] = await query<{ found: boolean }>(
        pipeline.databaseUrl,
        `SELECT EXISTS (SELECT FROM messages WHERE id = ${id}) AS found`,
      );
      return row!.found;
    });

  const entries = () => query(pipeline.databaseUrl, 'SELECT topic, engine, kafka_cluster FROM pipelines');

  it('is refused while the first one runs, and starts once that was stopped', async () => {
    const first = await pipeline.consumer();
    await hasRow(1);
    const refused = await consumerOf(other);
    expect(await refused.exited).toEqual({ code: 1, signal: null });
    const [, topic, cluster, engine] = REFUSAL.exec(refused.output) ?? [];
    expect([{ topic, engine, kafka_cluster: cluster }]).toEqual(await entries());
    expect(refused.output).toMatch(/If it has stopped, start again in (5\d|60) s\./);
    expect(await readMart(pipeline.databaseUrl)).toHaveProperty('size', 1);
    expect((await pipeline.describeGroup(`${other}-consumer-of-other`)).state).toBe('Dead');

    expect(await first.stop()).toEqual({ code: 0, signal: null });
    expect(await entries()).toEqual([]);
    await consumerOf(other);
    await hasRow(2);
  });

  it('is not another consumer group of the topic, and starts a minute after the first one was killed', async () => {
    const first = await pipeline.consumer();
    await hasRow(1);
    const second = await consumerOf(pipeline.topic);
    await second.ready();
    expect(await entries()).toHaveLength(2);
    await Promise.all([first.kill(), second.kill()]);
    await query(pipeline.databaseUrl, `UPDATE pipelines SET seen_at = now() - interval '2 minutes'`);
    await consumerOf(other);
    await hasRow(2);
  });

  it('on another Kafka cluster is refused', async () => {
    await query(
      pipeline.databaseUrl,
      `INSERT INTO pipelines VALUES (gen_random_uuid(), 'spark', 'cluster-b', '${pipeline.topic}', now() - interval '4 s')`,
    );
    const refused = await pipeline.consumer();
    expect(await refused.exited).toEqual({ code: 1, signal: null });
    expect(REFUSAL.exec(refused.output)?.slice(1)).toEqual([pipeline.topic, 'cluster-b', 'spark']);
    expect(await readMart(pipeline.databaseUrl)).toHaveProperty('size', 0);
  });

  it('is not noticed by a mart without the table: the consumer warns and starts', async () => {
    await query(pipeline.databaseUrl, 'ALTER TABLE pipelines RENAME TO later');
    const consumer = await pipeline.consumer();
    await hasRow(1);
    expect(consumer.output).toContain(
      'relation "public.pipelines" does not exist: a second pipeline on this mart is not noticed. Run mart-init',
    );
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });
  });
});

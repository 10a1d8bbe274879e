import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import type { AppProcess } from '../support/app-process.js';
import { martDifferences, readMart, readQuarantine, type Mart } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { fieldsOf, lineOf, numbers, recordOf, version } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

async function consumedBy(...consumers: AppProcess[]): Promise<number[]> {
  const metrics = await Promise.all(consumers.map((consumer) => consumer.metrics()));
  return metrics.map((each) => each.get('messages_consumed_total') ?? 0);
}

async function insertedBy(...consumers: AppProcess[]): Promise<number> {
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

  /** Every version of every id, those of one id in different partitions, so that the consumers get in each other's way. */
  async function sendVersions(): Promise<void> {
    const messages = numbers(VERSIONS).flatMap((round) =>
      numbers(IDS).map((id) => ({
        ...recordOf(id, version((round * 5 + id) % VERSIONS)),
        partition: (id + round) % 3,
      })),
    );
    await pipeline.send(messages);
  }

  it('share the partitions of one group and come to the same mart', async () => {
    await pipeline.createTopic();
    const env = { CONSUMER_BATCH_RECORDS: '300' };
    const consumers = await Promise.all([pipeline.consumer(env), pipeline.consumer(env)]);
    await consumers[0].waitUntil('both are members', async () => {
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

  it('of two groups at once read everything twice and come to the same mart', async () => {
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
  it('of all waits for the tables, says so, and goes on when mart-init has made them', async () => {
    const pipeline = await Pipeline.create({ database: await createTestDatabase() });
    try {
      await pipeline.createTopic();
      await pipeline.send([recordOf(1)]);
      const consumer = await pipeline.consumer();
      const { down } = await consumer.waitUntil('it is not ready for want of the tables', async () => {
        const health = await consumer.health('readyz');
        return health.status === 503 && health.down['mart'] ? health : undefined;
      });
      expect(down['mart']).toMatch(/^nothing is written since .*: relation "messages" does not exist/);
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

  it('makes the topic', async () => {
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

describe('a consumer that is told to end', () => {
  const RECORDS = 40_000;
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create();
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  it('under load finishes its batches, commits them, leaves the group and ends with 0 within 10 s', async () => {
    await pipeline.send(numbers(RECORDS).map((id) => ({ value: JSON.stringify(fieldsOf(id)), partition: id % 3 })));
    const env = { CONSUMER_BATCH_RECORDS: '200' };
    const consumer = await pipeline.consumer(env);
    await consumer.waitUntil('it is in the middle', async () => (await pipeline.committed()) > 2000);

    const began = performance.now();
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);

    const committed = await pipeline.committed();
    expect(committed).toBeLessThan(RECORDS);
    expect((await pipeline.describeGroup()).state).toBe('Empty');
    expect((await readMart(pipeline.databaseUrl)).size).toBe(committed);

    const next = await pipeline.consumer(env);
    await pipeline.caughtUp();
    expect(await consumedBy(next)).toEqual([RECORDS - committed]);
    expect((await readMart(pipeline.databaseUrl)).size).toBe(RECORDS);
  });

  it('while nothing can be written ends all the same, and loses nothing', async () => {
    await pipeline.send(numbers(500).map((id) => recordOf(id)));
    const unlock = await lockMessages(pipeline.databaseUrl);
    const consumer = await pipeline.consumer();
    await waitUntil('a write waits for the lock', () => isWriteWaiting(pipeline.databaseUrl));

    const began = performance.now();
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(10_000);
    await unlock();

    await pipeline.consumer();
    await pipeline.caughtUp();
    expect((await readMart(pipeline.databaseUrl)).size).toBe(500);
  });
});

describe('a consumer that is told to end while a server is not there', () => {
  it.each([
    ['postgresql', { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere' }],
    ['kafka', { KAFKA_BROKERS: '127.0.0.1:1' }],
  ])('%s: ends with 0 within 10 s', async (name, env) => {
    const pipeline = await Pipeline.create();
    try {
      await pipeline.createTopic();
      await pipeline.send([recordOf(1)]);
      const consumer = await pipeline.consumer(env);
      await consumer.waitUntil(`it misses ${name}`, async () => name in (await consumer.health('readyz')).down);
      expect((await consumer.health('livez')).status).toBe(200);

      const began = performance.now();
      expect(await consumer.stop()).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      await pipeline.close();
    }
  });
});

describe('a write that takes longer than the session timeout', () => {
  const SESSION_TIMEOUT_MS = 6000;

  it('does not cost the membership of the group', async () => {
    const pipeline = await Pipeline.create();
    try {
      await pipeline.createTopic();
      const consumer = await pipeline.consumer({
        CONSUMER_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
        // More than the batches under way hold, so that reading has to stop meanwhile.
        CONSUMER_BATCH_RECORDS: '100',
      });
      await consumer.ready();
      const member = (await pipeline.describeGroup()).members[0]!.memberId;

      const unlock = await lockMessages(pipeline.databaseUrl);
      const lockedAt = performance.now();
      await pipeline.send(numbers(3000).map((id) => recordOf(id)));
      await waitUntil('a write waits for the lock', () => isWriteWaiting(pipeline.databaseUrl));
      const members = new Set<string>();
      await waitUntil('the session timeout is over', async () => {
        const group = await pipeline.describeGroup();
        members.add(`${group.state} ${group.members.map(({ memberId }) => memberId).join(', ')}`);
        return performance.now() > lockedAt + 1.5 * SESSION_TIMEOUT_MS;
      });
      expect(await isWriteWaiting(pipeline.databaseUrl)).toBe(true);
      expect([...members]).toEqual([`Stable ${member}`]);
      expect((await consumer.health('readyz')).status).toBe(200);
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

/** Lets nobody write to `messages`; reading goes on. @returns what ends it */
async function lockMessages(url: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('LOCK TABLE messages IN EXCLUSIVE MODE');
  return () => client.end();
}

async function isWriteWaiting(url: string): Promise<boolean> {
  const waiting = await query(
    url,
    `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
     WHERE relation = 'messages'::regclass AND NOT granted AND datname = current_database()`,
  );
  return waiting.length > 0;
}

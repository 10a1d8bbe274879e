import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { consumedBy } from '../support/test-app.js';
import { isWriteWaiting, lockMessages } from '../support/locks.js';
import { readMart } from '../support/mart.js';
import { Pipeline } from '../support/pipeline.js';
import { fieldsOf, numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

describe('a consumer that is stopped', () => {
  const RECORDS = 20_000;
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create();
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  it('finishes and commits its batches, leaves the group and exits with 0 within 10 s, even under load', async () => {
    await pipeline.send(numbers(RECORDS).map((id) => ({ value: JSON.stringify(fieldsOf(id)), partition: id % 3 })));
    const env = { CONSUMER_BATCH_RECORDS: '200' };
    const consumer = await pipeline.consumer(env);
    await consumer.waitUntil('the consumer is in mid-stream', async () => (await pipeline.committed()) > 1000);

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

  it('exits within 10 s while it cannot write, and loses no record', async () => {
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

describe('a consumer that is stopped while a server is down', () => {
  it.each([
    ['postgresql', { DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nowhere' }],
    ['kafka', { KAFKA_BROKERS: '127.0.0.1:1' }],
  ])('(%s) exits with 0 within 10 s', async (name, env) => {
    const pipeline = await Pipeline.create();
    try {
      await pipeline.createTopic();
      await pipeline.send([recordOf(1)]);
      const consumer = await pipeline.consumer(env);
      await consumer.waitUntil(
        `it reports ${name} as down`,
        async () => name in (await consumer.health('readyz')).down,
      );
      expect((await consumer.health('livez')).status).toBe(200);

      const began = performance.now();
      expect(await consumer.stop()).toEqual({ code: 0, signal: null });
      expect(performance.now() - began).toBeLessThan(10_000);
    } finally {
      await pipeline.close();
    }
  });
});

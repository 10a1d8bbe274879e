import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Transaction } from 'kafkajs';
import { readMart } from '../support/mart.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';

jest.setTimeout(60_000);

describe('batches of other producers', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create({ partitions: 1 });
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  const storedIds = async () => [...(await readMart(pipeline.databaseUrl)).keys()].map(Number).sort((a, b) => a - b);

  /** Calls `work` with one transaction each of several producers, and ends their connections. */
  async function inTransactions(producers: number, work: (...transactions: Transaction[]) => Promise<void>) {
    const opened = numbers(producers).map((i) =>
      pipeline.kafka.producer({
        transactionalId: `${pipeline.topic}-${i}`,
        maxInFlightRequests: 1,
        idempotent: true,
        allowAutoTopicCreation: false,
      }),
    );
    try {
      await Promise.all(opened.map((producer) => producer.connect()));
      await work(...(await Promise.all(opened.map((producer) => producer.transaction()))));
    } finally {
      await Promise.all(opened.map((producer) => producer.disconnect()));
    }
  }

  it('stores the committed rows of interleaved transactions, and commits the offsets of their markers too', async () => {
    await inTransactions(2, async (kept, dropped) => {
      for (const i of numbers(30)) {
        await kept.send({ topic: pipeline.topic, messages: [recordOf(2 * i)] });
        await dropped.send({ topic: pipeline.topic, messages: [recordOf(2 * i + 1)] });
      }
      await kept.commit();
      await dropped.abort();
    });
    await pipeline.consumer();
    // The last offset of the topic is the abort marker's.
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual(numbers(30).map((i) => 2 * i));
  });

  it('commits the position where nothing but an aborted transaction was read', async () => {
    const consumer = await pipeline.consumer();
    await inTransactions(1, async (dropped) => {
      await dropped.send({ topic: pipeline.topic, messages: numbers(10).map((i) => recordOf(i)) });
      await dropped.abort();
    });
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual([]);
    expect((await consumer.metrics()).get('messages_consumed_total')).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import type { Transaction } from 'kafkajs';
import { crc32c } from '#platform/kafka/crc32c.js';
import { readMart, readQuarantine } from '../support/mart.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import { waitUntil } from '../support/wait-until.js';

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

  it('reads every codec, as the broker compresses for topics with compression.type', async () => {
    const segment = await pipeline.segmentOf(0);
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd'];
    for (const [i, codec] of codecs.entries()) {
      await pipeline.setTopic('compression.type', codec);
      // The setting reaches the log a moment later.
      await waitUntil(`the broker writes ${codec}`, async () => {
        await pipeline.send(numbers(100).map((id) => recordOf(100 * i + id)));
        return codecOf((await batchesIn(segment)).at(-1)!) === i + 1;
      });
    }
    await pipeline.consumer();
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual(numbers(400));
    expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
  });

  it('quarantines batches that cannot be decoded, each as one entry, and reads on', async () => {
    const segment = await pipeline.segmentOf(0);
    for (const i of numbers(4)) await pipeline.send(numbers(3).map((id) => recordOf(3 * i + id)));
    const log = await readFile(segment);
    const [, damaged, unknown] = await batchesIn(segment, log);
    damaged![80]! ^= 1;
    unknown!.writeInt16BE(5, 21);
    unknown!.writeUInt32BE(crc32c(unknown!, 21), 17);
    await writeFile(segment, log);
    const consumer = await pipeline.consumer();
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual([0, 1, 2, 9, 10, 11]);
    const entryOf = (value: Buffer, first: number, reason: string) => ({
      partition: 0,
      offset: String(first),
      value,
      headers: {
        'kafka-batch-error': reason,
        'kafka-batch-first-offset': String(first),
        'kafka-batch-last-offset': String(first + 2),
        'kafka-batch-bytes': String(value.length),
      },
      reasons: [{ column: null, reason: 'unreadable_batch' }],
    });
    expect(await readQuarantine(pipeline.databaseUrl)).toMatchObject([
      entryOf(damaged!, 3, 'its checksum (CRC-32C) does not fit its bytes'),
      entryOf(unknown!, 6, 'its codec, number 5, is not known'),
    ]);
    expect((await consumer.metrics()).get('messages_quarantined_total{reason="unreadable_batch"}')).toBe(2);
    expect(consumer.output).toContain(
      `The batch at offset 3 of partition 0 of topic ${pipeline.topic} cannot be decoded`,
    );
  });
});

/** The batches of a segment, as parts of its bytes. */
async function batchesIn(segment: string, log?: Buffer): Promise<Buffer[]> {
  const bytes = log ?? (await readFile(segment));
  const batches: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += batches.at(-1)!.length) {
    batches.push(bytes.subarray(at, at + 12 + bytes.readInt32BE(at + 8)));
  }
  return batches;
}

function codecOf(batch: Buffer): number {
  return batch.readInt16BE(21) & 7;
}

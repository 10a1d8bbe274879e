import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Transaction } from 'kafkajs';
import { crc32c } from '#platform/kafka/crc32c.js';
import { positionKey, positionsTopicOf } from '#platform/producer-positions/file-position.js';
import { systemHealth } from '../support/gateway-client.js';
import { JavaProducers, type JavaCodec, type JavaRecord } from '../support/java-producers.js';
import { readMart, readQuarantine } from '../support/mart.js';
import { csv } from '../support/message-csv.js';
import { Pipeline } from '../support/pipeline.js';
import { fieldsOf, numbers, recordOf } from '../support/records.js';
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

  /** Calls `work` with one transaction of each of several producers, then disconnects them. */
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

  it('stores the committed rows of interleaved transactions, and also commits the offsets of their markers', async () => {
    await inTransactions(2, async (kept, dropped) => {
      for (const i of numbers(30)) {
        await kept.send({ topic: pipeline.topic, messages: [recordOf(2 * i)] });
        await dropped.send({ topic: pipeline.topic, messages: [recordOf(2 * i + 1)] });
      }
      await kept.commit();
      await dropped.abort();
    });
    await pipeline.consumer();
    // The last offset of the topic is that of the abort marker.
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual(numbers(30).map((i) => 2 * i));
  });

  it('commits offsets even if it reads only an aborted transaction', async () => {
    const consumer = await pipeline.consumer();
    await inTransactions(1, async (dropped) => {
      await dropped.send({ topic: pipeline.topic, messages: numbers(10).map((i) => recordOf(i)) });
      await dropped.abort();
    });
    await pipeline.caughtUp();

    expect(await storedIds()).toEqual([]);
    expect((await consumer.metrics()).get('messages_consumed_total')).toBe(0);
  });

  it('reads every codec that compression.type of the broker can choose', async () => {
    const segment = await pipeline.segmentOf(0);
    const codecs = ['gzip', 'snappy', 'lz4', 'zstd'];
    for (const [i, codec] of codecs.entries()) {
      await pipeline.setTopic('compression.type', codec);
      // The setting takes effect after a moment.
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

  describe('written by Java', () => {
    let java: JavaProducers;

    beforeAll(async () => {
      java = await JavaProducers.start();
    });

    afterAll(() => java?.close());

    it('are read in every codec and in interleaved transactions, one of them aborted and many fetches long', async () => {
      const { topic } = pipeline;
      const codecs: JavaCodec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
      const kept: number[] = [];
      let id = 0;
      const records = (count: number, isKept: boolean): JavaRecord[] =>
        numbers(count).map(() => {
          if (isKept) kept.push(id);
          return javaRecordOf(id++);
        });
      const long = `${topic}-long`;
      java.open(long, 'zstd', true);
      java.begin(long);
      for (const codec of codecs) {
        java.open(codec, codec, false);
        java.send(codec, topic, records(100, true));
        java.flush(codec);
        const [committed, aborted] = [`${topic}-committed-${codec}`, `${topic}-aborted-${codec}`];
        for (const name of [committed, aborted]) java.open(name, codec, true);
        for (let transaction = 0; transaction < 2; transaction++) {
          for (const name of [committed, aborted]) java.begin(name);
          for (let batch = 0; batch < 4; batch++) {
            for (const name of [aborted, committed, long]) {
              java.send(name, topic, records(20, name === committed));
              java.flush(name);
            }
          }
          java.commit(committed);
          java.abort(aborted);
        }
      }
      java.send(long, topic, records(2000, false));
      java.abort(long);
      await java.settled();
      await pipeline.consumer({ CONSUMER_FETCH_PARTITION_BYTES: '65536' });
      await pipeline.caughtUp();

      expect(await storedIds()).toEqual(kept);
      expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
    });

    it('may leave a transaction open: log and /health name its offset, and everything is read once it ends', async () => {
      const { topic } = pipeline;
      const gateway = await pipeline.start('gateway');
      const consumer = await pipeline.consumer();
      const [open, plain] = [`${topic}-open`, `${topic}-plain`];
      java.open(open, 'none', true);
      java.open(plain, 'none', false);
      java.send(plain, topic, numbers(5).map(javaRecordOf));
      java.flush(plain);
      java.begin(open);
      java.send(open, topic, [5, 6, 7].map(javaRecordOf));
      java.flush(open);
      java.send(plain, topic, [8, 9].map(javaRecordOf));
      java.flush(plain);
      await java.settled();

      const named = `Kafka serves no records of topic ${topic}, partition 0, from offset 5 to the end`;
      const { consumer_group: group } = await gateway.waitUntil('the gateway names it', async () => {
        const { parts } = await systemHealth(gateway);
        return parts.consumer_group.message?.includes(named) ? parts : undefined;
      });
      expect(group).toMatchObject({ status: 'degraded', lag: 5 });
      expect(group.action).toContain(`abort --topic ${topic} --partition 0 --start-offset 5`);
      await consumer.waitUntil('the consumer names it', () => consumer.output.includes(named));
      expect((await consumer.health('readyz')).status).toBe(200);
      expect(await storedIds()).toEqual(numbers(5));

      java.commit(open);
      await java.settled();
      await pipeline.caughtUp();
      expect(await storedIds()).toEqual(numbers(10));
    });

    it('may also write to the positions topic, in any codec and in transactions', async () => {
      const positions = positionsTopicOf(pipeline.topic);
      const folder = await mkdtemp(join(tmpdir(), 'other-producers-'));
      try {
        const [before, after] = [join(folder, 'before.csv'), join(folder, 'after.csv')];
        await writeFile(before, csv(1, 21));
        await writeFile(after, csv(21, 51));
        await pipeline.produceFile(before);
        // From here on the broker compresses the positions, too.
        await pipeline.setTopic('compression.type', 'zstd', positions);
        const key = positionKey(pipeline.topic, before).toString();
        for (const codec of ['snappy', 'lz4', 'gzip'] as const) {
          const name = `${positions}-${codec}`;
          java.open(name, codec, true);
          java.begin(name);
          java.send(name, positions, [{ key: 'of another', value: 'x'.repeat(500) }]);
          java.commit(name);
          java.begin(name);
          java.send(name, positions, [{ key, value: null }]);
          java.abort(name);
        }
        await java.settled();
        const gateway = await pipeline.start('gateway');
        await pipeline.produceFile(before, after);

        expect(await pipeline.recordsInTopic()).toBe(50);
        await gateway.waitUntil('the gateway knows both files', async () => {
          const { producer } = (await systemHealth(gateway)).parts;
          return producer['done'] === true && producer['rows'] === 50;
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  });

  it('quarantines each batch that cannot be decoded as one entry, and reads on', async () => {
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
      entryOf(damaged!, 3, 'its checksum (CRC-32C) does not match its bytes'),
      entryOf(unknown!, 6, 'its codec, number 5, is not known'),
    ]);
    expect((await consumer.metrics()).get('messages_quarantined_total{reason="unreadable_batch"}')).toBe(2);
    expect(consumer.output).toContain(
      `The batch at offset 3 of partition 0 of topic ${pipeline.topic} cannot be decoded`,
    );
  });
});

/** A value of about 1 kB that hardly compresses. */
function javaRecordOf(id: number): JavaRecord {
  return { key: String(id), value: JSON.stringify({ ...fieldsOf(id), more: randomBytes(400).toString('hex') }) };
}

/** The batches of a segment, as slices of its bytes. */
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

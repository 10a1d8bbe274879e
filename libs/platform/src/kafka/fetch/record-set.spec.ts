import { crc32, gzipSync } from 'node:zlib';
import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { crc32c } from '../crc32c.js';
import { readRecordSet, type AbortedTransaction } from './record-set.js';
import { UnreadableBatch } from './unreadable-batch.js';

interface BatchOptions {
  readonly base: number;
  readonly values?: readonly string[];
  readonly codec?: number;
  /** Bytes to use instead of the records. */
  readonly body?: Buffer;
  readonly transactional?: boolean;
  readonly control?: 'abort' | 'commit';
  readonly producer?: bigint;
  readonly lastOffset?: number;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function record(i: number, key: Buffer, value: string): Buffer {
  const bytes = Buffer.from(value);
  const rest = Buffer.concat([
    Buffer.from([0, 0]),
    varint(i),
    varint(key.length),
    key,
    varint(bytes.length),
    bytes,
    varint(0),
  ]);
  return Buffer.concat([varint(rest.length), rest]);
}

/** A batch as a broker stores it. */
function batch({
  base,
  values = [],
  codec = 0,
  body,
  transactional,
  control,
  producer = -1n,
  lastOffset,
}: BatchOptions): Buffer {
  const keys = control
    ? [Buffer.from([0, 0, 0, control === 'abort' ? 0 : 1])]
    : values.map((value) => Buffer.from(value));
  const records = body ?? Buffer.concat(keys.map((key, i) => record(i, key, values[i] ?? '')));
  const header = Buffer.alloc(61);
  header.writeBigInt64BE(BigInt(base), 0);
  header.writeInt32BE(49 + records.length, 8);
  header.writeInt8(2, 16);
  header.writeInt16BE(codec | (transactional || control ? 0x10 : 0) | (control ? 0x20 : 0), 21);
  header.writeInt32BE((lastOffset ?? base + keys.length - 1) - base, 23);
  header.writeBigInt64BE(1_700_000_000_000n, 27);
  header.writeBigInt64BE(1_700_000_000_000n, 35);
  header.writeBigInt64BE(producer, 43);
  header.writeInt32BE(keys.length, 57);
  const bytes = Buffer.concat([header, records]);
  bytes.writeUInt32BE(crc32c(bytes, 21), 17);
  return bytes;
}

function read(
  bytes: Buffer,
  {
    from = 0,
    aborted = [],
    highWatermark = 1000,
  }: { from?: number; aborted?: AbortedTransaction[]; highWatermark?: number } = {},
) {
  return readRecordSet({ bytes, from, aborted, highWatermark }, { left: 1_000_000 });
}

/** Offset and value of each message; what only marks how far was read bears no value. */
async function readable(...args: Parameters<typeof read>) {
  const { messages } = await read(...args);
  return messages.map(({ offset, value }) => [Number(offset), value && value.toString()]);
}

describe('readRecordSet', () => {
  it('returns the records from the requested offset to the last complete batch', async () => {
    const bytes = Buffer.concat([batch({ base: 5, values: ['a', 'b', 'c'] }), batch({ base: 8, values: ['d'] })]);
    expect(await readable(bytes, { from: 6 })).toEqual([
      [6, 'b'],
      [7, 'c'],
      [8, 'd'],
    ]);
    expect(await readable(bytes.subarray(0, -1), { from: 6 })).toEqual([
      [6, 'b'],
      [7, 'c'],
    ]);
  });

  it('adds a marker if the last offsets have no record', async () => {
    const compacted = batch({ base: 2, values: ['a'], lastOffset: 9 });
    expect(await readable(compacted)).toEqual([
      [2, 'a'],
      [9, null],
    ]);
    expect(await readable(batch({ base: 2, lastOffset: 9 }))).toEqual([[9, null]]);
    expect(await readable(Buffer.alloc(0))).toEqual([]);
  });

  it('skips overlapping aborted transactions, and nothing else', async () => {
    const of = (producer: bigint, base: number, value: string) =>
      batch({ base, values: [value], transactional: true, producer });
    const bytes = Buffer.concat([
      of(1n, 0, 'aborted'),
      of(2n, 1, 'aborted too'),
      of(3n, 2, 'committed'),
      batch({ base: 3, values: ['\0\0\0\0'] }), // a key that looks like a marker
      of(1n, 4, 'aborted'),
      batch({ base: 5, control: 'abort', producer: 1n }),
      of(1n, 6, 'committed by the same producer'),
      batch({ base: 7, control: 'abort', producer: 2n }),
      batch({ base: 8, control: 'commit', producer: 3n }),
      batch({ base: 9, control: 'commit', producer: 1n }),
    ]);
    const aborted = [
      { producerId: 2n, firstOffset: 1 },
      { producerId: 1n, firstOffset: 0 },
    ];
    expect(await readable(bytes, { aborted })).toEqual([
      [2, 'committed'],
      [3, '\0\0\0\0'],
      [6, 'committed by the same producer'],
      [9, null],
    ]);
  });

  const sound = batch({ base: 4, values: ['a', 'b'] });
  const changed = Buffer.from(sound);
  changed[70]! ^= 1;
  it.each([
    ['changed bytes', changed, 'its checksum (CRC-32C) does not match its bytes'],
    [
      'a codec that does not exist',
      batch({ base: 4, values: ['a', 'b'], codec: 6 }),
      'its codec, number 6, is not known',
    ],
    [
      'compressed data that is not compressed',
      batch({ base: 4, values: ['a', 'b'], codec: 1, body: Buffer.from('not gzip') }),
      'it cannot be decompressed by gzip: incorrect header check',
    ],
    [
      'truncated compressed data',
      batch({ base: 4, values: ['a', 'b'], codec: 1, body: gzipSync('x'.repeat(99)).subarray(0, 15) }),
      'it cannot be decompressed by gzip: unexpected end of file',
    ],
    [
      'fewer records than it says',
      batch({ base: 4, values: ['a', 'b'], body: record(0, Buffer.alloc(0), 'a') }),
      'it ends too early',
    ],
    [
      'more than its records',
      batch({
        base: 4,
        values: ['a', 'b'],
        body: Buffer.concat([record(0, Buffer.alloc(0), 'a'), record(1, Buffer.alloc(0), 'b'), Buffer.from('more')]),
      }),
      '4 bytes follow its 2 records',
    ],
  ])('returns a batch with %s as one message, and stops after it', async (_, bad, reason) => {
    const bytes = Buffer.concat([batch({ base: 3, values: ['before'] }), bad, batch({ base: 6, values: ['after'] })]);
    const { messages, unreadable } = await read(bytes, { from: 3 });
    expect(messages).toHaveLength(3);
    expect(messages[0]!.value?.toString()).toBe('before');
    expect(messages[1]).toBe(unreadable);
    expect(unreadable).toBeInstanceOf(UnreadableBatch);
    expect(unreadable).toMatchObject({
      offset: '4',
      value: bad,
      headers: {
        'kafka-batch-error': Buffer.from(reason),
        'kafka-batch-first-offset': Buffer.from('4'),
        'kafka-batch-last-offset': Buffer.from('5'),
        'kafka-batch-bytes': Buffer.from(String(bad.length)),
      },
    });
    expect(messages[2]).toMatchObject({ offset: '5', isControlRecord: true });
  });

  it('does not trust a batch with a wrong checksum: it continues at the next batch, and never beyond the end', async () => {
    const lying = Buffer.from(batch({ base: 4, values: ['a', 'b'] }));
    lying.writeInt32BE(2 ** 31 - 1, 23);
    expect((await read(Buffer.concat([lying, sound]), { from: 4, highWatermark: 50 })).messages.at(-1)!.offset).toBe(
      '49',
    );
    const next = batch({ base: 6, values: ['c'] });
    expect((await read(Buffer.concat([lying, next]), { from: 4 })).messages.at(-1)!.offset).toBe('5');
    // The broker sends it again, because its header claims offset 6.
    expect(await readable(Buffer.concat([lying, next]), { from: 6 })).toEqual([[6, 'c']]);
  });

  it('is stuck if the first batch has no end', async () => {
    const endless = Buffer.from(sound);
    endless.writeInt32BE(1_000_000, 8);
    expect(await read(endless, { from: 4 })).toEqual({ messages: [], stuck: 'the length of its next batch is wrong' });
  });

  it('leaves compressed batches to the next fetch once the budget is used up', async () => {
    const values = ['x'.repeat(1000)];
    const body = gzipSync(record(0, Buffer.from(values[0]!), values[0]!));
    const bytes = Buffer.concat([0, 1, 2].map((base) => batch({ base, values, codec: 1, body })));
    const budget = { left: 3000 };
    const { messages } = await readRecordSet({ bytes, from: 0, aborted: [], highWatermark: 3 }, budget);
    expect(messages).toHaveLength(2);
    expect(await readRecordSet({ bytes, from: 2, aborted: [], highWatermark: 3 }, budget)).toEqual({ messages: [] });
  });

  describe('in the formats before Kafka 0.11', () => {
    function entry(magic: 0 | 1, offset: number, value: Buffer, attributes = 0): Buffer {
      const time = Buffer.alloc(magic === 0 ? 0 : 8);
      if (magic === 1) time.writeBigInt64BE(1_600_000_000_000n);
      const length = Buffer.alloc(4);
      length.writeInt32BE(value.length);
      const noKey = Buffer.from([0xff, 0xff, 0xff, 0xff]);
      const body = Buffer.concat([Buffer.from([magic, attributes]), time, noKey, length, value]);
      const head = Buffer.alloc(16);
      head.writeBigInt64BE(BigInt(offset));
      head.writeInt32BE(body.length + 4, 8);
      head.writeUInt32BE(crc32(body), 12);
      return Buffer.concat([head, body]);
    }

    it('reads messages one by one and in compressed sets, before and after newer batches', async () => {
      const relative = gzipSync(Buffer.concat([entry(1, 0, Buffer.from('c')), entry(1, 1, Buffer.from('d'))]));
      const absolute = gzipSync(Buffer.concat([entry(0, 4, Buffer.from('e')), entry(0, 5, Buffer.from('f'))]));
      const bytes = Buffer.concat([
        entry(0, 0, Buffer.from('a')),
        entry(1, 1, Buffer.from('b')),
        entry(1, 3, relative, 1),
        entry(0, 5, absolute, 1),
        batch({ base: 6, values: ['g'] }),
      ]);
      expect(await readable(bytes, { from: 1 })).toEqual([
        [1, 'b'],
        [2, 'c'],
        [3, 'd'],
        [4, 'e'],
        [5, 'f'],
        [6, 'g'],
      ]);
    });

    it('returns one with a wrong checksum as one message', async () => {
      const bad = entry(1, 7, Buffer.from('a'));
      bad[bad.length - 1]! ^= 1;
      expect((await read(bad, { from: 7 })).unreadable).toMatchObject({ offset: '7', value: bad, timestamp: '-1' });
    });
  });

  it('returns the same as kafkajs', async () => {
    const require = createRequire(import.meta.url);
    const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => unknown;
    const decodeBatch = require('kafkajs/src/protocol/recordBatch/v0/decoder.js') as (
      decoder: unknown,
    ) => Promise<{ records: object[] }>;
    const bytes = batch({ base: 2 ** 40, values: Array.from({ length: 300 }, (_, i) => 'é'.repeat(i)) });
    const { records } = await decodeBatch(new Decoder(bytes));
    const { messages } = await read(bytes, { highWatermark: 2 ** 41 });
    expect(records).toHaveLength(300);
    messages.forEach((message, i) => expect(records[i]).toMatchObject(message));
  });
});

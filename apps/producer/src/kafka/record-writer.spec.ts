import { describe, expect, it } from '@jest/globals';
import { CsvSplitter } from '#platform/csv/csv-splitter.js';
import { type CsvRow, UnparsableLine } from '#platform/csv/csv-record.js';
import { RowEncoder } from '#platform/csv/row-encoder.js';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import type { TopicBatch } from './batch-sender.js';
import { RecordWriter } from './record-writer.js';

const position = (rows: number): FilePosition => ({
  file: '/f.csv',
  size: 1,
  headSha256: '',
  offset: rows * 10,
  line: rows + 2,
  rows,
  done: false,
});

/** A writer that records its requests; the test acknowledges them one by one. */
function setUp(limits: { maxRows?: number; maxBytes?: number } = {}) {
  const requests: string[][] = [];
  const acknowledged: number[] = [];
  const open: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const writer = new RecordWriter({
    topic: 't',
    partitions: 4,
    positionsTopic: 'p',
    maxRows: limits.maxRows ?? 100,
    maxBytes: limits.maxBytes ?? 1_000_000,
    positionKey: (file) => Buffer.from(file),
    onAcknowledged: ({ rows }) => acknowledged.push(rows),
    send: (batches: readonly TopicBatch[]) => {
      requests.push(batches.map(({ topic, batch }) => `${topic}:${batch.count}`));
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    },
  });
  const encoder = new RowEncoder(['id'], ['id'], 'id');
  const append = (id: string, line = 2): boolean => {
    encoder.encode(new CsvSplitter().push(Buffer.from(`${id}\n`))[0] as CsvRow);
    return writer.appendRow(encoder, line);
  };
  return { writer, requests, acknowledged, open, append };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const total = (request: string[] | undefined, topic: string): number =>
  (request ?? [])
    .filter((entry) => entry.startsWith(`${topic}:`))
    .reduce((sum, entry) => sum + Number(entry.split(':')[1]), 0);

describe('RecordWriter', () => {
  it('fills the next request while one is in flight, and makes the caller wait before sending it', async () => {
    const { writer, requests, open, append } = setUp();
    append('1');
    await writer.flush(position(1));
    append('2');
    const second = writer.flush(position(2));
    await settle();
    expect(requests).toHaveLength(1);
    open[0]!.resolve();
    await second;
    expect(requests).toHaveLength(2);
  });

  it('stores a position with the request after the one that acknowledged it', async () => {
    const { writer, requests, open, acknowledged, append } = setUp();
    append('1');
    await writer.flush(position(1));
    expect(total(requests[0], 'p')).toBe(0);
    append('2');
    open[0]!.resolve();
    await writer.flush(position(2));
    expect(acknowledged).toEqual([1]);
    expect(total(requests[1], 'p')).toBe(1);

    const drained = writer.drain(position(2));
    open[1]!.resolve();
    await settle();
    expect(requests[2]).toEqual(['p:1']);
    open[2]!.resolve();
    await drained;
  });

  it.each([
    ['rows', { maxRows: 3 }],
    ['bytes', { maxBytes: 40 }],
  ])('refuses a row beyond the limit of %s until it has been flushed', async (_name, limits) => {
    const { writer, requests, append } = setUp(limits);
    const taken = ['1', '2', '3', '4'].filter((id) => append(id));
    expect(taken).toEqual(['1', '2', '3']);
    await writer.flush(position(3));
    expect(total(requests[0], 't')).toBe(3);
    expect(append('4')).toBe(true);
  });

  it('accepts a record above all limits if it is the only one', async () => {
    const { writer, requests } = setUp({ maxBytes: 10 });
    const line = new UnparsableLine(7, 8, 100, Buffer.alloc(4_000_000, 'x'), 'why');
    expect(writer.appendUnparsable(line, [['csv-error', 'why']])).toBe(true);
    expect(writer.appendUnparsable(line, [])).toBe(false);
    await writer.flush(position(1));
    expect(requests).toEqual([['t:1']]);
  });

  it('distributes records without a key by line number', async () => {
    const { writer, requests, append } = setUp();
    for (let line = 2; line < 6; line++) append(' ', line);
    await writer.flush(position(4));
    expect(requests).toEqual([['t:1', 't:1', 't:1', 't:1']]);
  });

  it('reports a failed request at the next flush, and stores no position for it', async () => {
    const { writer, requests, open, append } = setUp();
    append('1');
    await writer.flush(position(1));
    open[0]!.reject(new Error('refused'));
    append('2');
    await expect(writer.flush(position(2))).rejects.toThrow('refused');
    await expect(writer.drain(position(2))).rejects.toThrow('refused');
    expect(requests).toHaveLength(1);
  });
});

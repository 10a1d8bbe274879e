import { createRequire } from 'node:module';
import { describe, expect, it } from '@jest/globals';
import { batchMessage, encodeProduceRequest, type ProduceArguments } from './produce-request.js';
import { RecordBatch, type RecordHeader } from './record-batch.js';

const require = createRequire(import.meta.url);

interface Record {
  key: string | null;
  value: string;
  headers?: RecordHeader[];
}

const SENT_AT = 1_732_320_000_123;
const BASE = {
  acks: -1,
  timeout: 30_000,
  producerId: '4611686018427387905',
  producerEpoch: 3,
  transactionalId: undefined,
};

/** The same request, encoded by kafkajs. */
async function encodedByKafkajs(partitions: [number, number, Record[]][]): Promise<Buffer> {
  const makeRequest = require('kafkajs/src/protocol/requests/produce/v7/request.js') as (args: object) => {
    encode: () => Promise<{ buffer: Buffer }>;
  };
  const topicData = [
    {
      topic: 'tópic',
      partitions: partitions.map(([partition, firstSequence, records]) => ({
        partition,
        firstSequence,
        messages: records.map(({ key, value, headers = [] }) => ({
          key: key === null ? null : Buffer.from(key),
          value: Buffer.from(value),
          headers: Object.fromEntries(headers),
          timestamp: SENT_AT,
        })),
      })),
    },
  ];
  return (await makeRequest({ ...BASE, topicData }).encode()).buffer;
}

function fill(batch: RecordBatch, records: Record[]): RecordBatch {
  for (const { key, value, headers } of records) {
    const keyBytes = Buffer.from(key ?? '');
    const valueBytes = Buffer.from(value);
    batch.append(keyBytes, key === null ? -1 : keyBytes.length, valueBytes, valueBytes.length, headers);
  }
  return batch;
}

function encodedHere(partitions: [number, number, Record[]][], make = () => new RecordBatch()): Buffer {
  const args: ProduceArguments = {
    ...BASE,
    topicData: [
      {
        topic: 'tópic',
        partitions: partitions.map(([partition, firstSequence, records]) => ({
          partition,
          messages: [{ ...batchMessage(fill(make(), records), partition, firstSequence), sentAt: SENT_AT }],
        })),
      },
    ],
  };
  return encodeProduceRequest(args).buffer;
}

const rows = (count: number, length: number): Record[] =>
  Array.from({ length: count }, (_, i) => ({
    key: String(3_527_358 + i),
    value: `{"id":"${i}","x":"${'ж'.repeat(length)}"}`,
  }));

describe('encodeProduceRequest', () => {
  const cases: [string, [number, number, Record[]][]][] = [
    ['one record', [[0, 0, rows(1, 3)]]],
    ['no key', [[1, 7, [{ key: null, value: 'x' }]]]],
    ['an empty key and value', [[1, 7, [{ key: '', value: '' }]]]],
    [
      'headers',
      [
        [
          0,
          0,
          [
            {
              key: null,
              value: 'bad',
              headers: [
                ['csv-error', 'ß'],
                ['csv-file', 'ф.csv'],
                ['csv-line', '12'],
              ],
            },
          ],
        ],
      ],
    ],
    [
      'several partitions and large sequences',
      [
        [0, 2_147_483_000, rows(3, 1)],
        [5, 1, rows(2, 9)],
        [11, 0, rows(1, 0)],
      ],
    ],
    // Offsets and lengths whose varints have one, two and three bytes.
    ['many records', [[0, 0, rows(9_000, 20)]]],
    [
      'records of all sizes',
      [[0, 0, [0, 1, 31, 32, 63, 64, 4_000, 8_191, 8_192, 70_000, 600_000].flatMap((length) => rows(1, length))]],
    ],
  ];
  it.each(cases)('encodes the same bytes as kafkajs: %s', async (_name, partitions) => {
    expect(encodedHere(partitions).equals(await encodedByKafkajs(partitions))).toBe(true);
  });

  it('encodes the same bytes from a reused batch, and every time it is resent', async () => {
    const batch = fill(new RecordBatch(), rows(100, 500));
    batch.seal({ producerId: 1n, producerEpoch: 0, firstSequence: 0 }, 1);
    batch.clear();
    const once: [number, number, Record[]][] = [[0, 5, rows(3, 2)]];
    expect(encodedHere(once, () => batch).equals(await encodedByKafkajs(once))).toBe(true);
    batch.seal({ producerId: 9n, producerEpoch: 1, firstSequence: 3 }, 2);
    batch.clear();
    expect(encodedHere(once, () => batch).equals(await encodedByKafkajs(once))).toBe(true);
  });

  it('refuses ordinary messages in a request with batch messages', () => {
    const topicData = [{ topic: 't', partitions: [{ partition: 0, messages: [{ value: Buffer.from('x') }] }] }];
    expect(() => encodeProduceRequest({ ...BASE, topicData })).toThrow('one batch message for each partition');
  });
});

describe('RecordBatch', () => {
  it('always has room for a first record, and for more up to the limit', () => {
    const batch = new RecordBatch();
    expect(batch.hasRoom(5_000_000, 1_000)).toBe(true);
    fill(batch, [{ key: '1', value: 'x'.repeat(500) }]);
    const left = 1_000 - batch.size - 32;
    expect(batch.hasRoom(left, 1_000)).toBe(true);
    expect(batch.hasRoom(left + 1, 1_000)).toBe(false);
    fill(batch, [{ key: '1', value: 'x'.repeat(left - 1) }]);
    expect(batch.size).toBeLessThanOrEqual(1_000);
  });
});

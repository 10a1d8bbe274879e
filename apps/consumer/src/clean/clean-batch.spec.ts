import { describe, expect, it } from '@jest/globals';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { positionOf } from '#schema/columns.js';
import { copiedValue } from '#schema/copy-text.js';
import { cleanBatch } from './clean-batch.js';

const GOOD = {
  message_id: 'm',
  message_type: 'bulk',
  client_id: '7',
  channel: 'email',
  date: '2021-05-01',
  is_opened: 'f',
  is_clicked: 'f',
  is_unsubscribed: 'f',
  is_hard_bounced: 'f',
  is_soft_bounced: 'f',
  is_complained: 'f',
  is_blocked: 'f',
  is_purchased: 'f',
  created_at: '2023-05-01 00:00:00',
  updated_at: '2023-05-01 00:00:00',
};

let offset = 0;

function message(value: string | null, headers: IHeaders = {}): KafkaMessage {
  return {
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers,
    offset: String(offset++),
    timestamp: '0',
    attributes: 0,
  };
}

function row(id: string, fields: object = {}): KafkaMessage {
  return message(JSON.stringify({ ...GOOD, id, ...fields }));
}

/** A batch with one chunk per list, each from a different partition. */
function batchOf(...lists: KafkaMessage[][]) {
  return { chunks: lists.map((messages, partition) => ({ topic: 'topic', partition, messages, next: '0' })) };
}

const CATEGORY = positionOf('category');

describe('cleanBatch', () => {
  it('sorts clean rows by id, as numbers', async () => {
    const ids = ['10', '9', '-1', '9223372036854775807', '100', '2'];
    const { rows, records } = await cleanBatch(
      batchOf(
        ids.slice(0, 3).map((id) => row(id)),
        ids.slice(3).map((id) => row(id)),
      ),
    );

    expect(records).toBe(6);
    expect(rows.map(({ id }) => id).filter((id) => id !== '-1')).toEqual([
      '2',
      '9',
      '10',
      '100',
      '9223372036854775807',
    ]);
    expect(rows).toHaveLength(6);
  });

  it('sorts the same ids in the same order, so that two writers cannot deadlock', async () => {
    const ids = ['-5', '5', '-12', '12', '0', '-9223372036854775808', '77'];
    const [one, other] = await Promise.all(
      [ids, [...ids].reverse()].map((order) => cleanBatch(batchOf(order.map((id) => row(id))))),
    );
    expect(one!.rows.map(({ id }) => id)).toEqual(other!.rows.map(({ id }) => id));
  });

  it.each([
    ['the newest version', ['2023-05-01 00:00:00', '2023-05-01 00:00:01', '2023-05-01 00:00:00.9'], 1],
    [
      'the newest version by fractions of a second',
      ['2023-05-01 00:00:00.25', '2023-05-01 00:00:00.3', '2023-05-01 00:00:00'],
      1,
    ],
    ['the first of equal versions', ['2023-05-01 00:00:00', '2023-05-01T00:00:00.000Z', '2023-05-01 00:00:00.0'], 0],
  ])('keeps %s of a row in a batch', async (_, versions, kept) => {
    const messages = versions.map((updated_at, i) => row('1', { updated_at, category: `version ${i}` }));
    const { rows, superseded } = await cleanBatch(batchOf(messages.slice(0, 2), messages.slice(2)));

    expect(rows.map(({ line }) => copiedValue(line, CATEGORY))).toEqual([`version ${kept}`]);
    expect(rows[0]!.source.message).toBe(messages[kept]);
    expect(superseded).toBe(2);
  });

  it('treats different texts of one number as the same id', async () => {
    const { rows, superseded } = await cleanBatch(batchOf([row('1'), row('+01'), row(' 1 ')]));
    expect(rows).toHaveLength(1);
    expect(superseded).toBe(2);
  });

  it('returns rejected records with their source and reasons', async () => {
    const bad = row('x', { channel: 'fax' });
    const unparsable = message('1,2', { 'csv-error': Buffer.from('too few fields') });
    const { rows, rejected, records } = await cleanBatch(batchOf([row('1')], [bad, unparsable]));

    expect(records).toBe(3);
    expect(rows).toHaveLength(1);
    expect(rejected).toEqual([
      {
        source: { topic: 'topic', partition: 1, message: bad },
        reasons: [
          { column: 'id', reason: 'not_an_integer' },
          { column: 'channel', reason: 'unknown_value' },
        ],
      },
      {
        source: { topic: 'topic', partition: 1, message: unparsable },
        reasons: [{ column: null, reason: 'unparsable_line' }],
      },
    ]);
  });

  it('does not replace a row with a rejected version of it', async () => {
    const { rows } = await cleanBatch(
      batchOf([row('1'), row('1', { updated_at: '2024-01-01 00:00:00', channel: 'fax' })]),
    );
    expect(rows).toHaveLength(1);
  });

  it('counts tombstones, unknown fields and repairs, including those of superseded rows', async () => {
    const { tombstones, unknownFields, repairs, superseded } = await cleanBatch(
      batchOf([
        message(null),
        row('1', { is_opened: '', x: 1 }),
        row('1', { is_opened: null, x: 1, y: 2 }),
        message(null),
      ]),
    );

    expect({ tombstones, unknownFields, superseded }).toEqual({ tombstones: 2, unknownFields: 3, superseded: 1 });
    expect([...repairs.values()]).toEqual([{ repair: { column: 'is_opened', repair: 'flag_from_time' }, count: 2 }]);
  });

  it('yields to other work while it cleans a large batch', async () => {
    const cleaned = cleanBatch(batchOf(Array.from({ length: 2000 }, (_, i) => row(String(i)))));
    const first = await Promise.race([cleaned, new Promise((resolve) => setImmediate(() => resolve('other work')))]);
    expect(first).toBe('other work');
    expect((await cleaned).rows).toHaveLength(2000);
  });
});

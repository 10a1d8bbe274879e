import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Message } from 'kafkajs';
import { contract, type Reason } from '#schema/contract.js';
import type { TestApp } from '../support/test-app.js';
import { readMart, readQuarantine } from '../support/mart.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, numbers, recordOf, version } from '../support/records.js';

jest.setTimeout(60_000);

describe('consumer', () => {
  let pipeline: Pipeline;

  beforeEach(async () => {
    pipeline = await Pipeline.create();
    await pipeline.createTopic();
  });

  afterEach(() => pipeline.close());

  /** Starts a consumer and waits until it has read the whole topic. */
  async function startAndCatchUp(env: Record<string, string> = {}): Promise<TestApp> {
    const consumer = await pipeline.consumer(env);
    await pipeline.caughtUp();
    return consumer;
  }

  async function counts(consumer: TestApp) {
    const metrics = await consumer.metrics();
    return {
      consumed: metrics.get('messages_consumed_total'),
      inserted: metrics.get('messages_stored_total{result="inserted"}'),
      updated: metrics.get('messages_stored_total{result="updated"}'),
      unchanged: metrics.get('messages_unchanged_total'),
      batches: metrics.get('messages_batch_rows_count'),
    };
  }

  it('stores a good record and quarantines a bad one with its offset, key, bytes and reasons', async () => {
    const bad = '{"id":"2", "channel":"fax","client_id":"x"}';
    await pipeline.send([
      { ...recordOf(1), partition: 1 },
      { key: 'bad key', value: bad, partition: 2, timestamp: '1700000000123', headers: { trace: 'a\0b' } },
    ]);
    await startAndCatchUp();

    expect(await readMart(pipeline.databaseUrl)).toEqual(new Map([['1', lineOf(1)]]));
    expect(await readQuarantine(pipeline.databaseUrl)).toEqual([
      {
        topic: pipeline.topic,
        partition: 2,
        offset: '0',
        recordedAt: 1_700_000_000_123,
        key: Buffer.from('bad key'),
        value: Buffer.from(bad),
        headers: { trace: 'a\uFFFDb' },
        reasons: [
          { column: 'message_id', reason: 'missing' },
          { column: 'message_type', reason: 'missing' },
          { column: 'client_id', reason: 'not_an_integer' },
          { column: 'channel', reason: 'unknown_value' },
          { column: 'created_at', reason: 'missing' },
          { column: 'updated_at', reason: 'missing' },
        ],
      },
    ]);
  });

  it('counts tombstones and skips them', async () => {
    await pipeline.send([{ key: '1', value: null }, { ...recordOf(2) }, { key: '3', value: null }]);
    const consumer = await startAndCatchUp();

    expect((await consumer.metrics()).get('messages_tombstones_total')).toBe(2);
    expect(await counts(consumer)).toMatchObject({ consumed: 3, inserted: 1, updated: 0, unchanged: 0 });
    expect([...(await readMart(pipeline.databaseUrl)).keys()]).toEqual(['2']);
    expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
  });

  it('counts repairs by rule and column, and fields that the contract does not know', async () => {
    const value = JSON.stringify({ ...JSON.parse(recordOf(1, { date: '' }).value as string), is_read: 't', x: [1] });
    await pipeline.send([{ key: '1', value }, { ...recordOf(2, { is_opened: 't' }) }]);
    const metrics = await (await startAndCatchUp()).metrics();

    expect(metrics.get('messages_unknown_fields_total')).toBe(2);
    expect(metrics.get('messages_repaired_total{rule="date_from_sent_at",column="date"}')).toBe(1);
    expect(metrics.get('messages_repaired_total{rule="flag_from_time",column="is_opened"}')).toBe(1);
    expect(metrics.get('messages_repaired_total{rule="flag_from_time",column="is_clicked"}')).toBe(2);
    expect(await readMart(pipeline.databaseUrl)).toEqual(
      new Map([
        ['1', lineOf(1)],
        ['2', lineOf(2, { is_opened: 't' })],
      ]),
    );
  });

  it('measures the latency of every record, whatever its outcome', async () => {
    const minutesAgo = (minutes: number) => String(Date.now() - minutes * 60_000);
    await pipeline.send([
      ...numbers(3).map((id) => ({ ...recordOf(id), timestamp: minutesAgo(0) })),
      ...numbers(4).map((id) => ({ ...recordOf(id), timestamp: minutesAgo(30) })),
      { key: '9', value: null, timestamp: minutesAgo(120) },
      { key: '9', value: 'no JSON', timestamp: minutesAgo(-60) },
      { ...recordOf(5), timestamp: minutesAgo(2 * 24 * 60) },
    ]);
    const metrics = await (await startAndCatchUp()).metrics();
    const bucket = (le: string | number) => metrics.get(`messages_end_to_end_latency_seconds_bucket{le="${le}"}`);

    // The three records sent just now and the one from the future, with room for the delay of a busy machine.
    expect(bucket(900)).toBe(4);
    expect(bucket(3600)).toBe(8);
    expect(bucket(21_600)).toBe(9);
    expect(bucket(86_400)).toBe(9);
    expect(bucket('+Inf')).toBe(10);
    expect(metrics.get('messages_end_to_end_latency_seconds_count')).toBe(metrics.get('messages_consumed_total'));
  });

  describe('keeps the newest version of a row, and the first of equal versions,', () => {
    const rows = [
      { ...version(2), category: 'second' },
      { ...version(1), category: 'first' },
      { ...version(3), category: 'third' },
      { ...version(3), category: 'third, but later' },
      { ...version(2), category: 'second' },
    ];
    const kept = new Map([['1', lineOf(1, rows[2])]]);

    it('within one batch', async () => {
      await pipeline.send(rows.map((row) => recordOf(1, row)));
      const consumer = await startAndCatchUp();

      expect(await readMart(pipeline.databaseUrl)).toEqual(kept);
      expect(await counts(consumer)).toEqual({ consumed: 5, inserted: 1, updated: 0, unchanged: 4, batches: 1 });
    });

    it('across batches', async () => {
      const consumer = await pipeline.consumer();
      for (const row of rows) {
        await pipeline.send([recordOf(1, row)]);
        await pipeline.caughtUp();
      }

      expect(await readMart(pipeline.databaseUrl)).toEqual(kept);
      expect(await counts(consumer)).toEqual({ consumed: 5, inserted: 1, updated: 1, unchanged: 3, batches: 5 });
    });

    it('in a batch of new, newer, older and equal rows', async () => {
      await pipeline.send([1, 2, 3].map((id) => recordOf(id, version(2))));
      const consumer = await startAndCatchUp();
      await pipeline.send([
        { ...recordOf(1, version(1)), partition: 0 },
        { ...recordOf(2, { ...version(2), category: 'equal' }), partition: 0 },
        { ...recordOf(3, { updated_at: '2023-05-01 00:00:02.000001' }), partition: 0 },
        { ...recordOf(4, version(1)), partition: 0 },
      ]);
      await pipeline.caughtUp();

      expect(await readMart(pipeline.databaseUrl)).toEqual(
        new Map([
          ['1', lineOf(1, version(2))],
          ['2', lineOf(2, version(2))],
          ['3', lineOf(3, { updated_at: '2023-05-01 00:00:02.000001' })],
          ['4', lineOf(4, version(1))],
        ]),
      );
      expect(await counts(consumer)).toMatchObject({ consumed: 7, inserted: 4, updated: 1, unchanged: 2 });
    });
  });

  it('quarantines records that do not fit the contract with their original bytes', async () => {
    const good = recordOf(1).value as string;
    const line = { 'csv-error': 'too few fields', 'csv-file': 'messages.csv', 'csv-line': '17' };
    const cases: [reason: Reason['reason'], value: Buffer, headers?: Record<string, string>][] = [
      ['not_json', Buffer.from('')],
      ['not_json', Buffer.from([0x00, 0xff, 0x0d, 0x0a, 0x5c])],
      ['not_json', Buffer.from('{"id":"1"')],
      ['not_json', Buffer.from(`${good}x`)],
      ['not_json', Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])],
      ['not_an_object', Buffer.from('[1]')],
      ['not_an_object', Buffer.from(' null ')],
      ['not_an_object', Buffer.from('"text"')],
      ['too_large', Buffer.from(good.padEnd(contract.record.maxBytes + 1))],
      ['unparsable_line', Buffer.from('1,2\xff,"', 'latin1'), line],
      ['unparsable_line', Buffer.from(good), line],
    ];
    const accepted = good.padEnd(contract.record.maxBytes);
    await pipeline.send([
      ...cases.map(([, value, headers]): Message => ({ value, headers, partition: 0 })),
      { value: accepted, partition: 1 },
    ]);
    const consumer = await startAndCatchUp();

    const stored = await readQuarantine(pipeline.databaseUrl);
    expect(stored.map(({ reasons }) => reasons)).toEqual(cases.map(([reason]) => [{ column: null, reason }]));
    expect(stored.map(({ headers }) => headers)).toEqual(cases.map(([, , headers = {}]) => headers));
    expect(stored.map(({ offset }) => offset)).toEqual(cases.map((_, i) => String(i)));
    for (const [i, [, value]] of cases.entries()) expect(stored[i]!.value!.equals(value)).toBe(true);
    expect(await readMart(pipeline.databaseUrl)).toEqual(new Map([['1', lineOf(1)]]));
    const metrics = await consumer.metrics();
    expect(metrics.get('messages_quarantined_total{reason="not_json"}')).toBe(5);
    expect(metrics.get('messages_quarantined_total{reason="too_large"}')).toBe(1);
  });

  it('quarantines only the rows that the database rejects, and stores the rest of the batch', async () => {
    await pipeline.send([recordOf(1, version(1)), recordOf(2, { ...version(2), category: 'first' })]);
    const consumer = await startAndCatchUp();
    await query(pipeline.databaseUrl, "ALTER TABLE messages ADD CHECK (category <> 'refused')");
    const refused = [7, 30, 31];
    const rows = numbers(40).map((i) => (refused.includes(i) ? { ...version(2), category: 'refused' } : version(2)));
    await pipeline.send(rows.map((row, id) => ({ ...recordOf(id, row), partition: 0 })));
    await pipeline.caughtUp();

    const kept = new Map(numbers(40).map((id) => [String(id), lineOf(id, version(2))]));
    for (const id of refused) kept.delete(String(id));
    // The batch has the same version of row 2, so the first one stays.
    kept.set('2', lineOf(2, { ...version(2), category: 'first' }));
    expect(await readMart(pipeline.databaseUrl)).toEqual(kept);
    const quarantine = await readQuarantine(pipeline.databaseUrl);
    expect(quarantine.map(({ key }) => Number(key))).toEqual(refused);
    expect(quarantine.map(({ reasons }) => reasons)).toEqual(
      refused.map(() => [{ column: null, reason: 'rejected_by_database' }]),
    );
    expect(await counts(consumer)).toMatchObject({ consumed: 42, inserted: 37, updated: 1, unchanged: 1 });
  });

  describe('writes a batch when it', () => {
    // Limits that no batch reaches, so that only the limit set by the test applies.
    const noLimits = {
      CONSUMER_BATCH_RECORDS: '1000000',
      CONSUMER_BATCH_BYTES: '1000000000',
      CONSUMER_BATCH_MS: '600000',
    };

    it('reaches its number of records, across partitions', async () => {
      await pipeline.send(numbers(1000).map((id) => recordOf(id)));
      const consumer = await startAndCatchUp({ ...noLimits, CONSUMER_BATCH_RECORDS: '100' });

      expect(await counts(consumer)).toMatchObject({ consumed: 1000, inserted: 1000, batches: 10 });
      expect((await consumer.metrics()).get('messages_batch_rows_bucket{le="100"}')).toBe(10);
    });

    it('reaches its number of bytes', async () => {
      // Ten records of 500 bytes reach the limit.
      const records = numbers(100).map((id) => ({ value: (recordOf(id).value as string).padEnd(500) }));
      await pipeline.send(records);
      const consumer = await startAndCatchUp({ ...noLimits, CONSUMER_BATCH_BYTES: '4501' });

      expect(await counts(consumer)).toMatchObject({ consumed: 100, inserted: 100, batches: 10 });
      expect((await consumer.metrics()).get('messages_batch_rows_bucket{le="10"}')).toBe(10);
    });

    it('reaches its age', async () => {
      await pipeline.send(numbers(5).map((id) => recordOf(id)));
      const consumer = await startAndCatchUp({ ...noLimits, CONSUMER_BATCH_MS: '200' });

      expect(await counts(consumer)).toMatchObject({ consumed: 5, inserted: 5 });
    });
  });
});

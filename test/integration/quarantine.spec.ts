import 'reflect-metadata';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { inTransaction } from '#platform/database/in-transaction.js';
import { migrate } from '#schema/migrate.js';
import { migrations } from '#schema/migrations.js';
import { IdentifyQuarantinedRecords1796100000000 } from '#schema/migrations/1796100000000-identify-quarantined-records.js';
import { cleanBatch } from '../../apps/consumer/src/clean/clean-batch.js';
import { MessageWriter, type Written } from '../../apps/consumer/src/persist/message-writer.js';
import { ledgerDifferences } from '../support/ledger.js';
import { readMart } from '../support/mart.js';
import { createMartDatabase, query, type MartDatabase } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { fieldsOf, lineOf, recordOf } from '../support/records.js';
import { RestGateway, WITH_TOKEN, TOKEN } from '../support/rest-gateway.js';
import { createTestDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

const base64 = (value: string | Buffer) => Buffer.from(value).toString('base64');

describe('quarantine', () => {
  let database: MartDatabase;
  let dataSource: DataSource;
  let offset: number;

  beforeAll(async () => {
    database = await createMartDatabase(process.env.DATABASE_URL ?? '');
    dataSource = await connect(database.url);
  });

  beforeEach(() => {
    offset = 0;
  });

  afterEach(() => query(database.url, 'TRUNCATE quarantined_messages, messages'));

  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  function connect(url: string): Promise<DataSource> {
    const config = readEnv(databaseShape, { DATABASE_URL: url });
    return new DataSource(dataSourceOptions(config, { applicationName: 'quarantine', migrations })).initialize();
  }

  /** A record that is rejected, unless `fields` has a good value. */
  const record = (fields: Partial<KafkaMessage> = {}): KafkaMessage =>
    ({
      key: null,
      value: Buffer.from('no JSON'),
      timestamp: '1700000000123',
      attributes: 0,
      offset: String(offset++),
      headers: {},
      ...fields,
    }) as KafkaMessage;

  const good = () => record({ value: Buffer.from(recordOf(1).value as string) });

  async function write(...messages: KafkaMessage[]): Promise<Written> {
    const cleaned = await cleanBatch({ chunks: [{ topic: 'topic', partition: 0, messages, next: String(offset) }] });
    return new MessageWriter(dataSource).write(cleaned);
  }

  const entries = (columns: string) =>
    query(database.url, `SELECT ${columns} FROM quarantined_messages ORDER BY "offset", recorded_at`);

  it.each([
    ['in microseconds', '1700000000123456', '9999-12-31 23:59:59.999+00'],
    ['in nanoseconds', '1700000000123456789', '9999-12-31 23:59:59.999+00'],
    ['that is the largest possible', '9223372036854775807', '9999-12-31 23:59:59.999+00'],
    ['that is the smallest possible', '-9223372036854775808', '0001-01-01 00:00:00+00'],
    ['before the year -4712', '-210866803200001', '0001-01-01 00:00:00+00'],
    ['in the year 10000', '253402300800000', '9999-12-31 23:59:59.999+00'],
    ['in the last millisecond of the range', '253402300799999', '9999-12-31 23:59:59.999+00', null],
    ['that is not set', '-1', '1969-12-31 23:59:59.999+00', null],
    ['of 0', '0', '1970-01-01 00:00:00+00', null],
    ['that is not a number', 'x', '1970-01-01 00:00:00+00'],
  ])('keeps a record with a timestamp %s', async (_, timestamp, stored, original: object | null = { timestamp }) => {
    await write(good(), record({ timestamp }));

    expect(await entries('recorded_at::text, original')).toEqual([{ recorded_at: stored, original }]);
    expect(await readMart(database.url)).toEqual(new Map([['1', lineOf(1)]]));
  });

  it.each<[string, IHeaders, object, [string, string | null][] | undefined]>([
    ['text', { a: Buffer.from('ü€😀"\\'), b: Buffer.from('') }, { a: 'ü€😀"\\', b: '' }, undefined],
    ['NUL', { 'a\0': Buffer.from('\0') }, { 'a\uFFFD': '\uFFFD' }, [['a\0', '\0']]],
    ['bytes that are not UTF-8', { a: Buffer.from([0xff]) }, { a: '\uFFFD' }, [['a', Buffer.from([0xff]) as never]]],
    ['no value', { a: null as never }, { a: '' }, [['a', null]]],
    [
      'several values for a name',
      { a: [Buffer.from('1'), Buffer.from('2')] },
      { a: '2' },
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['an empty name', { '': Buffer.from('x') }, { '': 'x' }, undefined],
    [
      'names of object properties',
      { toString: [String as never, Buffer.from('x')], ['__proto__']: Buffer.from('y') },
      { toString: 'x', ['__proto__']: 'y' },
      undefined,
    ],
  ])('keeps every byte of headers with %s', async (_, headers, readable, pairs) => {
    await write(good(), record({ headers }));

    const original = pairs && { headers: pairs.map(([name, value]) => [base64(name), value && base64(value)]) };
    const [entry] = await query<{ headers: string; original: object | null }>(
      database.url,
      'SELECT headers::text, original FROM quarantined_messages',
    );
    expect(Object.entries(JSON.parse(entry!.headers) as object)).toEqual(
      expect.arrayContaining(Object.entries(readable)),
    );
    expect(entry!.original).toEqual(original ?? null);
    expect((await readMart(database.url)).size).toBe(1);
  });

  it('keeps keys and values of any size, even if the batch exceeds the size limit of a statement', async () => {
    const large = Buffer.alloc(8_388_608, 0xff);
    const key = Buffer.alloc(1_048_576, '\\');
    const records = Array.from({ length: 40 }, (_, i) => record({ key: Buffer.concat([key, Buffer.from([i])]) }));
    await write(...records, record({ key: Buffer.from('') }), record({ value: large }), good());

    expect(await entries('octet_length(key) AS key, octet_length(value) AS value')).toEqual([
      ...records.map(() => ({ key: key.length + 1, value: 7 })),
      { key: 0, value: 7 },
      { key: null, value: large.length },
    ]);
    expect((await readMart(database.url)).size).toBe(1);
  });

  it('keeps offset and reasons of an entry that the database rejects, and all other entries completely', async () => {
    await query(database.url, `ALTER TABLE quarantined_messages ADD CONSTRAINT odd CHECK (value <> 'refused')`);
    const timestamp = '9223372036854775807';
    const written = await write(
      record({ key: Buffer.from('a') }),
      record({ value: Buffer.from('refused'), timestamp }),
      record({ key: Buffer.from('b') }),
      good(),
    );

    const kept = { key: null, value: null, reasons: [{ column: null, reason: 'not_json' }] };
    expect(await entries('"offset", key, value, reasons, original')).toMatchObject([
      { offset: '0', key: Buffer.from('a') },
      { offset: '1', ...kept, original: { timestamp, refused: expect.stringContaining('odd') } },
      { offset: '2', key: Buffer.from('b') },
    ]);
    expect(written).toMatchObject({ inserted: 1, quarantined: new Map([['not_json', 3]]) });
    await query(database.url, 'ALTER TABLE quarantined_messages DROP CONSTRAINT odd');
  });

  it('stores a repeated record only once', async () => {
    const line = (n: string) => ({ 'csv-error': Buffer.from('x'), 'csv-line': Buffer.from(n) });
    const first = [record({ headers: line('1') }), record({ headers: line('2') }), record({ key: Buffer.from('k') })];
    expect((await write(...first)).quarantined).toEqual(
      new Map([
        ['unparsable_line', 2],
        ['not_json', 1],
      ]),
    );
    // The same records at other offsets and times, twice in one batch, and the same offsets read again.
    const again = first.map((each) => record({ ...each, offset: String(offset++), timestamp: '1800000000000' }));
    expect((await write(...again, ...again, ...first)).quarantined).toEqual(new Map());
    // Records that differ in anything are stored separately.
    const others = [
      record({ headers: line('3') }),
      record({ key: Buffer.from('') }),
      record({ key: Buffer.from('no JSON'), value: Buffer.from('') }),
      record({ headers: { a: Buffer.from([0xff]) } }),
      record({ headers: { a: Buffer.from([0xfe]) } }),
    ];
    expect([...(await write(...others)).quarantined.values()].reduce((sum, n) => sum + n)).toBe(5);
    expect(await entries('"offset"')).toHaveLength(8);
  });

  it('keeps a different record with the same offset and timestamp', async () => {
    const [a, b] = ['a', 'b'].map((text) => record({ offset: '7', timestamp: '-1', value: Buffer.from(text) }));
    await write(a!);
    await write(b!);
    await write(b!, a!);

    expect(await entries('value, recorded_at::text')).toEqual([
      { value: Buffer.from('a'), recorded_at: '1969-12-31 23:59:59.999+00' },
      { value: Buffer.from('b'), recorded_at: '1969-12-31 23:59:59.999001+00' },
    ]);
  });

  it('is served by the gateway for any content', async () => {
    await write(
      ...['9223372036854775807', '-9223372036854775808', '-1'].map((timestamp) =>
        record({ timestamp, key: Buffer.from(timestamp) }),
      ),
    );
    const gateway = await RestGateway.start(database.url, { GATEWAY_API_TOKEN: TOKEN });
    try {
      await gateway.ready();
      const { data } = await gateway.page('quarantine');
      expect(data.map((each) => each['recorded_at']).sort()).toEqual([
        '0001-01-01T00:00:00Z',
        '1969-12-31T23:59:59.999Z',
        '9999-12-31T23:59:59.999Z',
      ]);
      const { data: one } = (await (await gateway.get('quarantine/topic/0/0', WITH_TOKEN)).json()) as { data: object };
      expect(one).toMatchObject({ original: { timestamp: '9223372036854775807' } });
    } finally {
      await gateway.close();
    }
  });

  it('does not receive rows at the limits of the contract', async () => {
    const text = '😀'.repeat(255);
    const rows = ['-9223372036854775808', '9223372036854775807'].map((id) => ({
      ...fieldsOf(0, {
        ...{ platform: text, stream: text, category: text, email_provider: text },
        ...{ date: '2000-01-01', sent_at: '2000-01-01 00:00:00', created_at: '2000-01-01 00:00:00' },
        ...{ opened_first_time_at: '2099-12-31 23:59:59.999999', opened_last_time_at: '2099-12-31 23:59:59.999999' },
        ...{ updated_at: '2099-12-31 23:59:59.999999', campaign_id: id, client_id: id },
      }),
      id,
    }));
    const messages = rows.map((row) => record({ value: Buffer.from(JSON.stringify(row)) }));
    expect(await write(...messages)).toMatchObject({ inserted: 2, quarantined: new Map() });
    expect(await write(...messages)).toMatchObject({ unchanged: 2, quarantined: new Map() });
    await query(database.url, 'SELECT ledger.fold()');
    expect(await ledgerDifferences(database.url)).toEqual([]);
  });

  it('receives bad records from Kafka', async () => {
    const pipeline = await Pipeline.create();
    try {
      await pipeline.createTopic({
        configEntries: [{ name: 'message.timestamp.after.max.ms', value: '9223372036854775807' }],
      });
      for (const timestamp of ['1700000000123456', '9223372036854775807', '-1']) {
        await pipeline.send([{ value: `bad ${timestamp}`, timestamp, headers: { a: ['1', '2'] }, partition: 0 }]);
      }
      await pipeline.send([{ ...recordOf(1), partition: 0 }]);
      const consumer = await pipeline.consumer();
      await pipeline.caughtUp();

      const stored = await query(
        pipeline.databaseUrl,
        `SELECT coalesce(original ->> 'timestamp', '-1') AS time FROM quarantined_messages ORDER BY "offset"`,
      );
      expect(stored).toEqual([{ time: '1700000000123456' }, { time: '9223372036854775807' }, { time: '-1' }]);
      expect((await readMart(pipeline.databaseUrl)).size).toBe(1);
      // Only the good record has a timestamp that yields a latency.
      expect((await consumer.metrics()).get('messages_end_to_end_latency_seconds_count')).toBe(1);
    } finally {
      await pipeline.close();
    }
  });

  it('keeps only the first of duplicates in an existing database', async () => {
    const old = await createTestDatabase();
    const oldMart = await connect(old.url);
    try {
      await inTransaction(oldMart, (runner) => migrate(oldMart, runner));
      const since = migrations.indexOf(IdentifyQuarantinedRecords1796100000000);
      for (let left = migrations.length; left > since; left--) await oldMart.undoLastMigration();
      await oldMart.query(`
        INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons, quarantined_at)
        SELECT 'topic', 0, n, now(), NULL, convert_to('value ' || n % 3, 'UTF8'), '{"a": "\\\\x\\u00e9"}', '[]', now() + n * interval '1 s'
        FROM generate_series(0, 8) AS n`);
      await inTransaction(oldMart, (runner) => migrate(oldMart, runner));

      expect(await query(old.url, 'SELECT "offset" FROM quarantined_messages ORDER BY 1')).toEqual(
        ['0', '1', '2'].map((each) => ({ offset: each })),
      );
    } finally {
      await oldMart.destroy();
      await old.drop();
    }
  });
});

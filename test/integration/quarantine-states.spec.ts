import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { DataSource } from 'typeorm';
import { databaseShape } from '#platform/config/database-config.js';
import { readEnv } from '#platform/config/env.js';
import { dataSourceOptions } from '#platform/database/data-source-options.js';
import { REDRIVE_HEADERS } from '#schema/quarantine-attempts.js';
import { cleanBatch } from '../../apps/consumer/src/clean/clean-batch.js';
import { MessageWriter, type Written } from '../../apps/consumer/src/persist/message-writer.js';
import { readMart } from '../support/mart.js';
import { createMartDatabase, query, type MartDatabase } from '../support/mart-database.js';
import { lineOf, recordOf, version } from '../support/records.js';

jest.setTimeout(60_000);

let database: MartDatabase;
let dataSource: DataSource;
let offset = 0;

beforeAll(async () => {
  database = await createMartDatabase(process.env.DATABASE_URL ?? '');
  const config = readEnv(databaseShape, { DATABASE_URL: database.url });
  dataSource = await new DataSource(dataSourceOptions(config, { applicationName: 'quarantine' })).initialize();
});

afterEach(() => query(database.url, 'TRUNCATE quarantined_messages, messages'));

afterAll(async () => {
  await dataSource?.destroy();
  await database?.drop();
});

const BAD = 'no JSON';
const goodValue = (fields: Record<string, string> = {}) => recordOf(1, fields).value as string;

const record = (value: string, headers: Record<string, string> = {}): KafkaMessage => ({
  key: null,
  value: Buffer.from(value),
  timestamp: '1700000000123',
  attributes: 0,
  offset: String(offset++),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
});

async function write(...messages: KafkaMessage[]): Promise<Written> {
  const cleaned = await cleanBatch({ chunks: [{ topic: 'topic', partition: 0, messages, next: String(offset) }] });
  return new MessageWriter(dataSource).write(cleaned);
}

/** Quarantines a record. @returns its entry */
async function quarantined(): Promise<string> {
  await write(record(BAD));
  const [row] = await query<{ entry: string }>(
    database.url,
    `SELECT encode(record_hash, 'hex') AS entry FROM quarantined_messages`,
  );
  return row!.entry;
}

/** Begins an attempt. @returns the headers of the record that is sent */
async function attempt(entry: string): Promise<Record<string, string>> {
  const [row] = await query<{ id: string }>(
    database.url,
    `INSERT INTO quarantine_attempts (id, record_hash, action, author) VALUES (gen_random_uuid(), decode($1, 'hex'), 'redrive', 'ada') RETURNING id`,
    [entry],
  );
  return { [REDRIVE_HEADERS.entry]: entry, [REDRIVE_HEADERS.attempt]: row!.id };
}

const states = () =>
  query<{ state: string; failed_attempts: number }>(
    database.url,
    'SELECT state, failed_attempts FROM quarantined_messages ORDER BY quarantined_at, "offset"',
  );

const results = async () =>
  (
    await query<{ result: string | null }>(database.url, 'SELECT result FROM quarantine_attempts ORDER BY begun_at')
  ).map(({ result }) => result);

describe('a quarantined record that is sent again', () => {
  it('is resolved in the transaction that stores its row', async () => {
    const entry = await quarantined();
    expect(await states()).toEqual([{ state: 'open', failed_attempts: 0 }]);
    const sent = record(goodValue(), await attempt(entry));

    // Nothing is stored if the entry cannot be closed.
    await query(database.url, 'ALTER FUNCTION quarantine.settle RENAME TO away');
    await expect(write(sent)).rejects.toThrow('quarantine.settle');
    expect((await readMart(database.url)).size).toBe(0);
    await query(database.url, 'ALTER FUNCTION quarantine.away RENAME TO settle');

    await write(sent);
    expect(await readMart(database.url)).toEqual(new Map([['1', lineOf(1)]]));
    expect(await states()).toEqual([{ state: 'resolved', failed_attempts: 0 }]);
    expect(await results()).toEqual(['resolved']);
    const [stored] = await query(database.url, `SELECT convert_from(value, 'UTF8') AS value FROM quarantined_messages`);
    expect(stored).toEqual({ value: BAD });
  });

  it('is superseded if the mart has a newer version, from earlier or from the same batch', async () => {
    const entry = await quarantined();
    await write(record(goodValue(version(3))));
    await write(record(goodValue(version(2)), await attempt(entry)));
    expect([await states(), await results()]).toEqual([[{ state: 'superseded', failed_attempts: 0 }], ['superseded']]);
    await query(database.url, 'TRUNCATE quarantined_messages, messages');

    const other = await quarantined();
    await write(record(goodValue(version(3))), record(goodValue(version(2)), await attempt(other)));
    expect([await states(), await results()]).toEqual([[{ state: 'superseded', failed_attempts: 0 }], ['superseded']]);
    expect(await readMart(database.url)).toEqual(new Map([['1', lineOf(1, version(3))]]));
  });

  it('and rejected is an attempt of its entry, never a second entry; after three it is parked', async () => {
    const entry = await quarantined();
    for (const failed of [1, 2, 3]) {
      const sent = record('{"id": "x"}', await attempt(entry));
      const written = await write(sent, record(goodValue()));
      expect([...written.quarantined]).toEqual([]);
      await write({ ...sent, offset: String(offset++) }); // the same attempt twice, as after a lost acknowledgement
      expect(await states()).toEqual([{ state: failed < 3 ? 'open' : 'parked', failed_attempts: failed }]);
    }
    expect(await results()).toEqual(['rejected', 'rejected', 'rejected']);
    const [last] = await query<{ reasons: { reason: string }[] }>(
      database.url,
      'SELECT reasons FROM quarantine_attempts LIMIT 1',
    );
    expect(last!.reasons).toContainEqual({ column: 'id', reason: 'not_an_integer' });
    expect(await query(database.url, 'SELECT reasons FROM quarantined_messages')).toEqual([
      { reasons: [{ column: null, reason: 'not_json' }] },
    ]);

    await write(record(goodValue(), await attempt(entry)));
    expect(await states()).toEqual([{ state: 'resolved', failed_attempts: 3 }]);
  });

  it('counts once if it is sent twice, and by several writers at once', async () => {
    const entry = await quarantined();
    const [first, second] = [await attempt(entry), await attempt(entry)];
    const bad = await attempt(entry);
    await Promise.all(
      [first, second, first, second].flatMap((headers) => [
        write(record(goodValue(), headers)),
        write(record('{}', bad)),
      ]),
    );
    expect(await states()).toMatchObject([{ state: 'resolved' }]);
    expect((await states())[0]!.failed_attempts).toBeLessThanOrEqual(1);
    expect(await results()).toEqual(['resolved', 'resolved', 'rejected']);
    expect((await readMart(database.url)).size).toBe(1);
  });

  it('is a record like any other if no such attempt is known', async () => {
    const entry = await quarantined();
    const known = await attempt(entry);
    const forged: Record<string, string>[] = [
      { [REDRIVE_HEADERS.entry]: entry },
      { [REDRIVE_HEADERS.entry]: entry, [REDRIVE_HEADERS.attempt]: randomUUID() },
      { [REDRIVE_HEADERS.entry]: entry, [REDRIVE_HEADERS.attempt]: "x' OR true --" },
      { ...known, [REDRIVE_HEADERS.entry]: entry.replace(/^./, 'g') },
    ];
    for (const headers of forged) {
      await write(record(goodValue(), headers));
      await write(record(BAD, headers));
    }
    expect(await states()).toEqual(Array(5).fill({ state: 'open', failed_attempts: 0 }));
    expect(await results()).toEqual([null]);
    expect((await readMart(database.url)).size).toBe(1);
  });

  it('whose row the database refuses is an attempt that failed', async () => {
    const entry = await quarantined();
    await query(database.url, `ALTER TABLE messages ADD CONSTRAINT no_one CHECK (id <> 1)`);
    try {
      await write(record(goodValue(), await attempt(entry)));
    } finally {
      await query(database.url, 'ALTER TABLE messages DROP CONSTRAINT no_one');
    }
    expect([await states(), await results()]).toEqual([[{ state: 'open', failed_attempts: 1 }], ['rejected']]);
  });

  it('of an erased client is discarded', async () => {
    const entry = await quarantined();
    const { client_id: client } = JSON.parse(goodValue()) as { client_id: string };
    await query(database.url, `INSERT INTO erasure.blocked_clients SELECT erasure.hash_of($1)`, [client]);
    try {
      expect(await write(record(goodValue(), await attempt(entry)))).toMatchObject({ erased: 1 });
    } finally {
      await query(database.url, 'DELETE FROM erasure.blocked_clients');
    }
    expect([await states(), await results()]).toEqual([[{ state: 'discarded', failed_attempts: 0 }], ['erased']]);
  });
});

describe('an entry', () => {
  const setState = async (entry: string, state: string) => {
    const [row] = await query<{ n: string }>(
      database.url,
      `SELECT quarantine.set_state(ARRAY[decode($1, 'hex')], $2, 'ada', 'a test record') AS n`,
      [entry, state],
    );
    return Number(row!.n);
  };

  it('is discarded and opened again, and both are noted', async () => {
    const entry = await quarantined();
    expect(await setState(entry, 'discarded')).toBe(1);
    expect(await setState(entry, 'discarded')).toBe(0);
    expect(await states()).toMatchObject([{ state: 'discarded' }]);
    expect(await setState(entry, 'open')).toBe(1);
    expect(
      await query(database.url, 'SELECT action, author, note, result FROM quarantine_attempts ORDER BY begun_at'),
    ).toEqual([
      { action: 'discard', author: 'ada', note: 'a test record', result: 'discarded' },
      { action: 'reopen', author: 'ada', note: 'a test record', result: 'reopened' },
    ]);
  });

  it('that is resolved stays so, as only the engines resolve one', async () => {
    const entry = await quarantined();
    expect(await setState(entry, 'resolved')).toBe(0);
    await write(record(goodValue(), await attempt(entry)));
    expect([await setState(entry, 'discarded'), await setState(entry, 'open')]).toEqual([0, 0]);
    expect(await states()).toMatchObject([{ state: 'resolved' }]);
  });

  it('that was discarded is resolved if its record was on its way', async () => {
    const entry = await quarantined();
    const sent = record(goodValue(), await attempt(entry));
    await setState(entry, 'discarded');
    await write(sent);
    expect(await states()).toMatchObject([{ state: 'resolved' }]);
  });

  it('is deleted with its attempts', async () => {
    const entry = await quarantined();
    await attempt(entry);
    await query(database.url, 'DELETE FROM quarantined_messages');
    expect(await results()).toEqual([]);
  });
});

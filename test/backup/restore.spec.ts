import { appendFile, cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BackupStage, backupsIn, isAnybodyWaiting, writtenRows } from '../support/backup-stage.js';
import { ledgerDifferences } from '../support/ledger.js';
import { martContent, type MartContent } from '../support/mart-content.js';
import { query, withClient } from '../support/mart-database.js';
import { insertMessages } from '../support/message-rows.js';
import { type Output } from '../support/programs.js';
import { fillMart } from '../support/random-mart.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

/** Characters that COPY escapes, and lines that look like the end of its data. */
const ODD_TEXTS = [
  '\\.',
  '\\N',
  'a\tb\\tc',
  'one\ntwo\r\nthree',
  '\\\\.\n\\.\n',
  "it's; SELECT",
  'žluťoučký 😀',
  '%s :x',
];
const ODD_QUARANTINE = `
  INSERT INTO quarantined_messages (topic, partition, "offset", recorded_at, key, value, headers, reasons, quarantined_at)
  SELECT 'odd', 0, n, '2023-01-01 10:00:00.123456+00', CASE n WHEN 1 THEN NULL ELSE '\\x00ff5c'::bytea END, value,
         '{"csv-line": "a\\tb\\\\n\\n"}', '[{"column": null, "reason": "not_json"}]', '2023-01-01 11:00+00'
  FROM (VALUES (1, NULL), (2, ''::bytea), (3, decode(repeat('0a5c2e0a', 262144), 'hex'))) AS v (n, value)`;
const ATTEMPTS = `
  INSERT INTO quarantine_attempts (id, record_hash, action, author, change, note, result, ended_at)
  SELECT gen_random_uuid(), record_hash, 'redrive', 'ada', '{"category": "a\\tb\\\\", "stream": null}', E'why\n', 'rejected', now()
  FROM quarantined_messages`;

let stage: BackupStage;
let folder: string;
let source: string;
let backedUp: MartContent;
/** The backup folder of the test. */
let mart: string;

const restore = (environment?: Record<string, string>) => stage.restore(mart, folder, environment);

beforeAll(async () => {
  stage = await BackupStage.start('reading');
  source = await stage.createMart();
  await withClient(source, async (client) => {
    await fillMart(client, 1000, 2);
    await insertMessages(
      client,
      ODD_TEXTS.map((category) => ({ category })),
    );
  });
  await query(source, ODD_QUARANTINE);
  await query(source, ATTEMPTS);
  await query(source, `UPDATE quarantined_messages SET state = 'parked', failed_attempts = 3 WHERE "offset" = 1`);
  folder = await stage.createFolder();
  const { code, text } = await stage.backUp(source, folder);
  if (code !== 0) throw new Error(text);
  backedUp = await martContent(source);
});

afterAll(async () => {
  await stage?.close();
});

beforeEach(async () => {
  mart = await stage.createMart();
});

describe('into an empty mart', () => {
  it.each(['100000', '100', '7'])('brings back every row and figure in parts of %s rows', async (partRows) => {
    const output = await restore({ RESTORE_PART_ROWS: partRows });
    expect(output).toMatchObject({ code: 0, text: expect.stringContaining('agree with a recount') });
    expect(await martContent(mart)).toEqual(backedUp);
    expect(await ledgerDifferences(mart)).toEqual([]);
    expect(writtenRows(output)).toEqual({
      campaigns: backedUp.campaigns!.length,
      client_first_purchase_date: backedUp.client_first_purchase_date!.length,
      holidays: backedUp.holidays!.length,
      holiday_corrections: backedUp.holiday_corrections!.length,
      quarantined_messages: backedUp.quarantined_messages!.length,
      quarantine_attempts: backedUp.quarantine_attempts!.length,
      messages: backedUp.messages!.length,
    });
  });

  it('writes nothing the second time, and locks no row', async () => {
    const rowVersions = () => query(mart, 'SELECT id, xmin::text, xmax::text FROM messages ORDER BY id');
    await restore();
    const before = await rowVersions();
    const output = await restore();
    expect(output.code).toBe(0);
    expect(Object.values(writtenRows(output))).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(await rowVersions()).toEqual(before);
  });

  it('fills columns that were added after the backup with their defaults', async () => {
    await query(mart, `ALTER TABLE messages ADD COLUMN later text NOT NULL DEFAULT 'unknown'`);
    await query(mart, `ALTER TABLE campaigns ADD COLUMN later text NOT NULL DEFAULT 'unknown'`);
    expect(await restore()).toMatchObject({ code: 0 });
    expect(
      await query(mart, 'SELECT DISTINCT later FROM messages UNION ALL SELECT DISTINCT later FROM campaigns'),
    ).toEqual([{ later: 'unknown' }, { later: 'unknown' }]);
  });
});

it('leaves out clients that the mart has erased, and takes over the list of erased clients', async () => {
  const [{ client }] = (await query<{ client: string }>(
    source,
    'SELECT client_id AS client FROM messages GROUP BY 1 ORDER BY count(*) DESC LIMIT 1',
  )) as [{ client: string }];
  await query(mart, 'INSERT INTO erasure.blocked_clients VALUES (erasure.hash_of($1))', [client]);
  await query(mart, `INSERT INTO erasures (client_hash, action) VALUES (erasure.hash_of($1), 'erase')`, [client]);
  const rows = async (url: string) =>
    query(
      url,
      `SELECT (SELECT count(*)::integer FROM messages WHERE client_id = $1) AS erased,
              (SELECT count(*)::integer FROM messages WHERE client_id <> $1) AS others`,
      [client],
    );
  expect(await restore()).toMatchObject({ code: 0 });
  const [{ others }] = (await rows(source)) as [{ others: number }];
  expect(await rows(mart)).toEqual([{ erased: 0, others }]);

  const newer = await stage.createFolder();
  expect(await stage.backUp(mart, newer)).toMatchObject({ code: 0 });
  const another = await stage.createMart();
  expect(await stage.restore(another, newer)).toMatchObject({ code: 0 });
  // The older backup holds the client and no list.
  expect(await stage.restore(another, folder)).toMatchObject({ code: 0 });
  expect(await rows(another)).toEqual([{ erased: 0, others }]);
  expect(await query(another, 'SELECT client_hash, done_at FROM erasures')).toEqual(
    await query(mart, 'SELECT client_hash, done_at FROM erasures'),
  );
});

describe.each(['100000', '7'])('into a mart that has gone on, in parts of %s rows', (partRows) => {
  it('adds missing rows and replaces no newer ones', async () => {
    await restore();
    await query(
      mart,
      `UPDATE messages SET updated_at = updated_at + interval '1 s', category = 'newer' WHERE id % 3 = 0`,
    );
    await query(mart, `UPDATE messages SET category = 'same version' WHERE id % 3 = 1`);
    await query(mart, `UPDATE campaigns SET topic = 'newer' WHERE id % 2 = 0`);
    await query(mart, `UPDATE quarantined_messages SET reasons = '[]' WHERE "offset" % 2 = 0`);
    const expected = await martContent(mart);
    await query(
      mart,
      `UPDATE messages SET updated_at = updated_at - interval '1 s', is_opened = NOT is_opened WHERE id % 30 = 2`,
    );
    await query(mart, 'DELETE FROM messages WHERE id % 30 = 5');
    await query(mart, 'DELETE FROM campaigns WHERE id % 2 = 1');
    await query(mart, 'DELETE FROM quarantined_messages WHERE "offset" % 2 = 1');
    await query(mart, 'DELETE FROM holidays');

    const output = await restore({ RESTORE_PART_ROWS: partRows });
    expect(output).toMatchObject({ code: 0 });
    expect(await martContent(mart)).toEqual(expected);
    expect(await ledgerDifferences(mart)).toEqual([]);
    const [counted] = await query<{ rows: number }>(
      mart,
      'SELECT count(*)::int AS rows FROM messages WHERE id % 30 IN (2, 5)',
    );
    expect(writtenRows(output).messages).toBe(counted!.rows);
  });
});

describe('beside a writer who has not yet committed a newer version', () => {
  const WRITE = `INSERT INTO messages SELECT * FROM jsonb_populate_record(NULL::messages, '%')`;

  /** Restores during a write, which commits once the restore waits for it. */
  async function besideTheWriter(): Promise<{ output: Output; stored: unknown }> {
    const [row] = await query<{ id: string; newer: object }>(
      source,
      `SELECT id, to_jsonb(m) || '{"updated_at": "2090-01-01T00:00:00+00:00"}' AS newer FROM messages AS m
       WHERE category IS NULL ORDER BY id LIMIT 1`,
    );
    const { id, newer } = row!;
    await query(mart, `DELETE FROM messages WHERE id = ${id}`);
    return withClient(mart, async (writer) => {
      await writer.query('BEGIN');
      await writer.query(WRITE.replace('%', JSON.stringify(newer)));
      const running = stage.begin('restore.sh', mart, folder);
      await waitUntil('the restore waits', () => isAnybodyWaiting(mart));
      await writer.query('COMMIT');
      const output = await running.done;
      const stored = await query(
        mart,
        `SELECT id FROM messages WHERE id = ${id} AND updated_at > '2090-01-01'::date - 1`,
      );
      return { output, stored };
    });
  }

  it('keeps the newer version', async () => {
    await restore();
    const { output, stored } = await besideTheWriter();
    expect(output.code).toBe(0);
    expect(writtenRows(output).messages).toBe(0);
    expect(stored).toHaveLength(1);
  });

  it('does not treat the mart as empty', async () => {
    const { output, stored } = await besideTheWriter();
    expect(output).toMatchObject({ code: 3, text: expect.stringContaining('run the restore again') });
    expect(stored).toHaveLength(1);
    expect((await restore()).code).toBe(0);
    expect(await query(mart, 'SELECT id FROM messages')).toHaveLength(backedUp.messages!.length);
    expect(await ledgerDifferences(mart)).toEqual([]);
  });
});

describe('refuses, and touches nothing,', () => {
  const nothingIsThere = async () =>
    expect(await query(mart, 'SELECT FROM messages UNION ALL SELECT FROM campaigns')).toEqual([]);

  async function aCopyOfTheBackup(): Promise<{ folder: string; name: string }> {
    const copy = await stage.createFolder();
    const [name] = await backupsIn(folder);
    await cp(join(folder, name!), join(copy, name!), { recursive: true });
    return { folder: copy, name: name! };
  }

  it('a backup with a damaged last file', async () => {
    const { folder: copy, name } = await aCopyOfTheBackup();
    await appendFile(join(copy, name, 'holidays.copy.gz'), 'x');
    const output = await stage.restore(mart, copy);
    expect(output).toMatchObject({ code: 1, text: expect.stringContaining('holidays.copy.gz is damaged') });
    await nothingIsThere();
  });

  it('a backup that lacks a file', async () => {
    const { folder: copy, name } = await aCopyOfTheBackup();
    await rm(join(copy, name, 'messages.copy.gz'));
    expect(await stage.restore(mart, copy)).toMatchObject({
      code: 1,
      text: expect.stringContaining('messages.copy.gz'),
    });
    await nothingIsThere();
  });

  it('an unknown name, and lists the backups', async () => {
    const output = await restore({ RESTORE_FROM: '20200101T000000Z' });
    expect(output.code).toBe(1);
    expect(output.text).toContain(`there are: ${(await backupsIn(folder)).join(' ')}`);
    await nothingIsThere();
  });

  it('a database without the tables', async () => {
    await query(mart, 'DROP TABLE holidays CASCADE');
    const output = await restore();
    expect(output).toMatchObject({
      code: 1,
      text: expect.stringContaining('the table holidays is missing; run mart-init first'),
    });
    await nothingIsThere();
  });

  it('a database with an older schema than the backup', async () => {
    await query(mart, 'DELETE FROM migrations WHERE timestamp = (SELECT max(timestamp) FROM migrations)');
    const output = await restore();
    expect(output).toMatchObject({ code: 1, text: expect.stringContaining('newer schema') });
    await nothingIsThere();
  });
});

it('fails when the ledger does not agree, and says how to repair it', async () => {
  await query(mart, 'ALTER TABLE messages DISABLE TRIGGER count_insert');
  const output = await restore();
  expect(output).toMatchObject({ code: 1, text: expect.stringContaining('SELECT ledger.rebuild()') });
});

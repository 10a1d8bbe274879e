import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { goldenBase, goldenCases } from '../../libs/schema/golden/golden-cases.js';
import { COLUMN_NAMES } from '#schema/contract.js';
import { ledgerDifferences } from '../support/ledger.js';
import { isWriteWaiting } from '../support/locks.js';
import { readMart, readQuarantine } from '../support/mart.js';
import { query, withClient } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { reconcile, reconciled } from '../support/reconcile.js';
import { fieldsOf, numbers, version, type Fields } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const HEADER = COLUMN_NAMES.join(',');
const quoted = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
const csvLine = (fields: Readonly<Record<string, string | undefined>>) =>
  COLUMN_NAMES.map((name) => quoted(fields[name] ?? '')).join(',');
const line = (id: number, fields: Fields = {}) => csvLine(fieldsOf(id, fields));
const csv = (lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`;

describe('npm run reconcile', () => {
  let pipeline: Pipeline;
  let folder: string;

  beforeEach(async () => {
    pipeline = await Pipeline.create({ partitions: 2 });
    folder = await mkdtemp(join(tmpdir(), 'reconcile-'));
  });

  afterEach(async () => {
    await pipeline.close();
    await rm(folder, { recursive: true });
  });

  async function file(name: string, content: string | Buffer): Promise<string> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, name), content);
    return join(folder, name);
  }

  async function store(...files: readonly string[]): Promise<void> {
    await pipeline.produceFile(...files);
    await pipeline.consumer();
    await pipeline.caughtUp();
  }

  const sql = (statement: string, values: readonly unknown[] = []) =>
    query<Record<string, string>>(pipeline.databaseUrl, statement, values);

  it('tells what became of each line of plain and compressed files', async () => {
    const longText = 'ü'.repeat(40_000);
    await file(
      '1.csv',
      csv([
        ...numbers(20).map((id) => line(id + 1)),
        line(1, { ...version(9), channel: 'sms' }),
        line(2),
        line(3, { channel: 'sms' }),
        line(30, { channel: 'fax' }),
        line(30, { channel: 'fax' }),
        'short',
        'short',
        HEADER,
        line(31, { sent_at: '', date: '' }),
        line(32, { category: longText }),
        line(33, { category: 'quoted, "text"\nof two lines', platform: '\\', email_provider: 'Ünï\tcode' }),
      ]),
    );
    await file(
      '2.csv.gz',
      gzipSync(
        csv([
          ...numbers(20).map((id) => line(id + 101, { date: '2021-05-02', sent_at: '2021-05-02 10:00:00' })),
          line(4, { updated_at: '2023-04-27 05:09:22.4' }),
        ]),
      ),
    );
    await store(join(folder, '1.csv'), join(folder, '2.csv.gz'));

    const result = await reconciled(pipeline.settings, '--strict', join(folder, '*'));

    expect(result).toMatchObject({
      code: 0,
      holds: true,
      files: [join(folder, '1.csv'), join(folder, '2.csv.gz')],
      lines: 51,
      mart: 42,
      superseded: 2,
      repeated: 3,
      quarantine: { open: 4 },
      quarantined: 4,
      erased: 0,
      altered: 0,
      missing: 0,
      extra: 0,
      repeatedHeaders: 1,
      reasons: { unparsable_line: 2, unknown_value: 1, too_long: 1 },
      first: { missing: [], altered: [], extra: [] },
    });
    expect(result.days.map(({ day, lines, mart, quarantined }) => [day, lines, mart, quarantined])).toEqual([
      ['2021-05-01', 25, 21, 0],
      ['2021-05-02', 20, 20, 0],
      ['no date', 1, 1, 0],
      ['rejected', 5, 0, 4],
    ]);
    expect(result.repaired).toBeUndefined();

    const { code, stdout } = await reconcile(pipeline.settings, join(folder, '1.csv'));
    expect(code).toBe(0);
    expect(stdout).toContain('The sum holds: 30 lines = 22 in the mart + 1 superseded + 3 repeated + 4 in quarantine.');
  });

  it('names exactly the rows that were deleted, changed and added, and mends those of the files', async () => {
    const rows = numbers(500).map((id) => line(id + 1, { client_id: String(1000 + (id % 50)) }));
    // Older, repeated and different lines of the same messages must not be taken for more missing rows.
    const more = numbers(60).flatMap((id) => [
      line(id + 1, { updated_at: '2020-01-01 00:00:00' }),
      rows[id]!,
      line(id + 1, { channel: 'sms', client_id: String(1000 + (id % 50)) }),
    ]);
    const path = await file('rows.csv', csv([...rows, ...more]));
    await store(path);
    const before = await readMart(pipeline.databaseUrl);
    const role = `reconciling_${randomBytes(6).toString('hex')}`;
    await sql(`CREATE ROLE ${role} LOGIN PASSWORD '${role}' IN ROLE messaging_app`);
    try {
      const url = Object.assign(new URL(pipeline.databaseUrl), { username: role, password: role });
      const settings = { ...pipeline.settings, DATABASE_URL: url.href };
      expect(await reconciled(settings, '--strict', path)).toMatchObject({ code: 0, lines: 680, mart: 500 });

      await sql('DELETE FROM messages WHERE id % 13 = 0 AND id <= 507');
      await sql('DELETE FROM messages WHERE id = 14');
      expect(before.size - (await readMart(pipeline.databaseUrl)).size).toBe(39);
      await sql(`UPDATE messages SET channel = 'web_push' WHERE id IN (1, 2)`);
      await sql(
        `UPDATE messages SET client_id = 77, is_opened = true, opened_first_time_at = now(), date = NULL WHERE id = 3`,
      );
      await sql(`UPDATE messages SET sent_at = sent_at + interval '1 microsecond' WHERE id IN (100, 101, 102)`);
      await sql(`UPDATE messages SET platform = '' WHERE id = 499`);
      await sql(`
        INSERT INTO messages (${COLUMN_NAMES.join(', ')})
        SELECT id + 9000, ${COLUMN_NAMES.slice(1).join(', ')} FROM messages WHERE id BETWEEN 201 AND 206 AND id <> 203`);

      const found = await reconciled(settings, '--strict', path);

      expect(found).toMatchObject({ code: 1, holds: false, lines: 680, missing: 39, altered: 7, extra: 5 });
      expect(found.mart + found.superseded + found.repeated + 39 + 7).toBe(680);
      expect(found.first.missing.map(({ id }) => id)).toEqual([
        '13',
        '14',
        '26',
        '39',
        '52',
        '65',
        '78',
        '91',
        '104',
        '117',
      ]);
      expect(found.first.missing[0]).toEqual({ file: path, line: 14, id: '13', reasons: [] });
      expect(found.first.altered.map(({ id, columns }) => [id, Object.keys(columns)])).toEqual([
        ['1', ['channel']],
        ['2', ['channel']],
        ['3', ['client_id', 'date', 'is_opened', 'opened_first_time_at']],
        ['100', ['sent_at']],
        ['101', ['sent_at']],
        ['102', ['sent_at']],
        ['499', ['platform']],
      ]);
      expect(found.first.altered[0]!.columns).toEqual({ channel: { file: 'email', mart: 'web_push' } });
      expect(found.first.altered[3]!.columns).toEqual({
        sent_at: { file: '2021-05-01 10:00:00', mart: '2021-05-01 10:00:00.000001' },
      });
      expect(found.first.extra.map(({ id }) => id)).toEqual(['9201', '9202', '9204', '9205', '9206']);
      const { code, stdout } = await reconcile(settings, path);
      expect(code).toBe(1);
      expect(stdout).toContain(`${path}:14  id 13`);
      expect(stdout).toContain('channel: "email" in the file, "web_push" in the mart');
      expect(stdout).toContain('The sum does not hold: 39 missing, 7 altered.');

      const repaired = await reconciled(settings, '--repair', path);
      expect(repaired).toMatchObject({ code: 1, repaired: { sent: 39, updated: 7 } });
      await pipeline.caughtUp();

      expect(await reconciled(settings, path)).toMatchObject({ code: 0, holds: true, mart: 500, extra: null });
      expect(await reconciled(settings, '--strict', path)).toMatchObject({ code: 1, missing: 0, altered: 0, extra: 5 });
      await sql('DELETE FROM messages WHERE id > 9000');
      expect(await readMart(pipeline.databaseUrl)).toEqual(before);
      expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
    } finally {
      await sql(`DROP ROLE ${role}`);
    }
  });

  it('takes a line for a repetition if another line has the contents of the mart', async () => {
    const path = await file('rows.csv', csv([line(1, { channel: 'sms' }), line(1), line(1, { channel: 'sms' })]));
    await store(path);
    expect(await reconciled(pipeline.settings, path)).toMatchObject({ code: 0, mart: 1, repeated: 2, altered: 0 });

    await sql(`UPDATE messages SET channel = 'email'`);
    expect(await reconciled(pipeline.settings, path)).toMatchObject({ code: 0, mart: 1, repeated: 2, altered: 0 });

    await sql(`UPDATE messages SET channel = 'web_push'`);
    expect(await reconciled(pipeline.settings, '--repair', path)).toMatchObject({
      ...{ code: 1, mart: 0, repeated: 2, altered: 1, missing: 0, repaired: { sent: 0, updated: 1 } },
      first: { altered: [{ file: path, line: 2, id: '1' }] },
    });
    expect(await sql('SELECT channel FROM messages')).toEqual([{ channel: 'sms' }]);
  });

  it('sends rejected lines again that are not in quarantine, each as the producer sent it', async () => {
    const one = await file('1.csv', csv(['short', line(5, { channel: 'fax' }), line(5, { channel: 'fax' }), 'short']));
    const two = await file('2.csv', csv(['short', line(6), 'a,b,"c']));
    await store(one, two);
    const read = async () =>
      (await readQuarantine(pipeline.databaseUrl)).map(({ key, value, headers, reasons }) =>
        JSON.stringify([String(key), String(value), headers, reasons]),
      );
    const before = (await read()).sort();
    expect(before).toHaveLength(5);
    expect(await reconciled(pipeline.settings, one, two)).toMatchObject({
      ...{ code: 0, mart: 1, quarantine: { open: 5 }, repeated: 1 },
    });
    await sql('DELETE FROM quarantined_messages');

    const found = await reconciled(pipeline.settings, '--repair', one, two);

    expect(found).toMatchObject({ code: 1, missing: 5, repeated: 1, repaired: { sent: 5, updated: 0 } });
    expect(found.first.missing.map(({ file: path, line: at, reasons }) => [path, at, reasons])).toEqual([
      [one, 2, ['unparsable_line']],
      [one, 3, ['unknown_value']],
      [one, 5, ['unparsable_line']],
      [two, 2, ['unparsable_line']],
      [two, 4, ['unparsable_line']],
    ]);
    await pipeline.caughtUp();
    expect((await read()).sort()).toEqual(before);
    expect(await reconciled(pipeline.settings, one, two)).toMatchObject({ code: 0, quarantine: { open: 5 } });
  });

  it('compares with the mart of one moment, whatever is written meanwhile', async () => {
    const path = await file('rows.csv', csv(numbers(100).map((id) => line(id + 1))));
    await store(path);
    await withClient(pipeline.databaseUrl, async (writer) => {
      await writer.query('BEGIN; LOCK TABLE messages');
      const running = reconciled(pipeline.settings, '--strict', path);
      // It has its snapshot by now.
      await waitUntil('it waits for the lock', () => isWriteWaiting(pipeline.databaseUrl));
      await writer.query('DELETE FROM messages WHERE id > 50');
      await writer.query(`UPDATE messages SET channel = 'sms' WHERE id < 10`);
      await writer.query('COMMIT');

      expect(await running).toMatchObject({ code: 0, mart: 100, missing: 0, altered: 0, extra: 0 });
    });
    expect(await reconciled(pipeline.settings, path)).toMatchObject({ code: 1, mart: 41, missing: 50, altered: 9 });
  });

  it('finds the contents of all golden cases that a file can hold', async () => {
    const cases = goldenCases.filter((test) => test.with ?? test.without ?? test.repeat);
    const texts = cases.flatMap((test, i) => {
      const fields: Record<string, unknown> = { ...goldenBase.fields, ...test.with };
      for (const name of test.without ?? []) delete fields[name];
      // Ids of their own keep the cases apart.
      if (test.with?.['id'] === undefined && !test.without?.includes('id')) fields['id'] = String(7_000_000 + i);
      const values = COLUMN_NAMES.map((name) => fields[name] ?? '');
      if (values.some((value) => typeof value === 'object')) return [];
      return [
        {
          accepted: test.expect.row !== undefined,
          text: values.map((value) => quoted(typeof value === 'string' ? value : JSON.stringify(value))).join(','),
        },
      ];
    });
    const path = await file('golden.csv', csv(texts.map(({ text }) => text)));
    const accepted = texts.filter((each) => each.accepted).length;
    expect(accepted).toBeGreaterThan(100);
    await store(path);

    const result = await reconciled(pipeline.settings, '--strict', path);

    expect(result).toMatchObject({ code: 0, missing: 0, altered: 0, extra: 0 });
    expect(result.mart).toBeGreaterThan(100);
    expect(result.mart).toBe((await readMart(pipeline.databaseUrl)).size);
    expect(result.quarantined).toBe((await readQuarantine(pipeline.databaseUrl)).length);
  });

  it('says what is wrong with its arguments, files and database', async () => {
    const path = await file('rows.csv', csv([line(1)]));
    const noHeader = await file('values.csv', `${line(1)}\n`);
    const empty = await createTestDatabase();
    try {
      const run = (...args: readonly string[]) => reconcile(pipeline.settings, ...args);
      const [noFile, badOption, absent, badHeader, noMart, noDatabase, down] = await Promise.all([
        run(),
        run(path, '--fix'),
        run(join(folder, 'absent*.csv')),
        run(path, noHeader),
        reconcile({ DATABASE_URL: empty.url }, path),
        reconcile({}, path),
        reconcile({ DATABASE_URL: 'postgresql://a:b@127.0.0.1:1/m' }, path),
      ]);
      expect(noFile).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^USAGE: Name at least one file/) });
      expect(badOption).toMatchObject({ code: 2, stderr: expect.stringContaining("Unknown option '--fix'") });
      expect(absent).toMatchObject({ code: 1, stderr: expect.stringMatching(/^CSV_FILE_NOT_FOUND: No file matches/) });
      expect(badHeader).toMatchObject({ code: 1, stderr: expect.stringMatching(/^CSV_HEADER_INVALID: .*values\.csv/) });
      expect(noMart).toMatchObject({ code: 1, stderr: expect.stringMatching(/^RECONCILE_NO_MART: .*run mart-init/) });
      expect(noDatabase).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^CONFIG_INVALID: .*\n.*DATABASE_URL/),
      });
      expect(down).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('ECONNREFUSED') });
    } finally {
      await empty.drop();
    }
  });
});

import { chmod, mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BackupStage, backupsIn, isAnybodyWaiting } from '../support/backup-stage.js';
import { holding } from '../support/locks.js';
import { martContent } from '../support/mart-content.js';
import { query, withClient } from '../support/mart-database.js';
import { insertMessages, times } from '../support/message-rows.js';
import { fillMart } from '../support/random-mart.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const NAME = /^\d{8}T\d{6}Z$/;

/** The name of a backup is the second in which it began. */
const nameOf = (time: Date) => `${time.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

let stage: BackupStage;
let mart: string;

beforeAll(async () => {
  stage = await BackupStage.start('writing');
  mart = await stage.createMart();
  await withClient(mart, (client) => fillMart(client, 500, 1));
});

afterAll(async () => {
  await stage?.close();
});

/** A backup that has written some tables and waits for the next. */
async function halfABackup(folder: string) {
  const release = await holding(mart, 'BEGIN; LOCK TABLE campaigns');
  const running = stage.begin('backup.sh', mart, folder);
  await waitUntil('the backup waits', () => isAnybodyWaiting(mart));
  return { ...running, release };
}

async function makeFolder(folder: string, name: string, files: readonly string[]): Promise<void> {
  await mkdir(join(folder, name));
  for (const file of files) await writeFile(join(folder, name, file), '');
}

it('copies all tables in one snapshot, while others write', async () => {
  const folder = await stage.createFolder();
  const before = await martContent(mart);
  const { done, release } = await halfABackup(folder);
  await withClient(mart, (client) => insertMessages(client, times(10, {})));
  await query(mart, `INSERT INTO holidays VALUES ('2023-05-05', 'A late holiday')`);
  await release();
  expect(await done).toMatchObject({ code: 0 });

  const restored = await stage.createMart();
  expect(await stage.restore(restored, folder)).toMatchObject({ code: 0 });
  expect(await martContent(restored)).toEqual(before);
});

it('fails and leaves nothing behind when the server is killed meanwhile', async () => {
  const folder = await stage.createFolder();
  const { done } = await halfABackup(folder);
  await stage.server.kill();
  const { code } = await done;
  await stage.server.start();

  expect(code).not.toBe(0);
  expect(await backupsIn(folder)).toEqual([]);
});

it('leaves no complete backup when the script is killed', async () => {
  const folder = await stage.createFolder();
  const { child, done, release } = await halfABackup(folder);
  process.kill(-child.pid!, 'SIGKILL');
  await done;
  await release();

  const incomplete = await backupsIn(folder);
  expect(incomplete).toEqual([expect.stringMatching(NAME)]);
  expect(await stage.restore(mart, folder)).toMatchObject({
    code: 1,
    text: expect.stringContaining('there is no complete backup'),
  });
  // It stays for a day, as it might be a backup in progress.
  await waitUntil('a new backup gets another name', () => nameOf(new Date()) > incomplete[0]!);
  expect(await stage.backUp(mart, folder)).toMatchObject({ code: 0 });
  expect(await backupsIn(folder)).toHaveLength(2);
});

it('fails and leaves nothing behind when a file cannot be written', async () => {
  const folder = await stage.createFolder();
  const programs = await stage.createFolder();
  await writeFile(join(programs, 'gzip'), '#!/bin/sh\n/usr/bin/head -c 1000\nexit 1\n');
  await chmod(join(programs, 'gzip'), 0o755);

  const { code } = await stage.backUp(mart, folder, { PATH: `${programs}:/usr/local/bin:/usr/bin:/bin` });
  expect(code).not.toBe(0);
  expect(await backupsIn(folder)).toEqual([]);
});

it('keeps the newest complete backups, and removes incomplete ones after a day', async () => {
  const folder = await stage.createFolder();
  for (const day of ['20200101', '20200102', '20200104']) await makeFolder(folder, `${day}T031500Z`, ['manifest']);
  await makeFolder(folder, '20200103T031500Z', ['messages.copy.gz']);
  await makeFolder(folder, 'lost+found', []);

  expect(await stage.backUp(mart, folder, { BACKUP_KEEP: '2' })).toMatchObject({ code: 0 });
  expect(await backupsIn(folder)).toEqual(['20200104T031500Z', expect.stringMatching(NAME), 'lost+found']);
});

describe('a mart that has lost rows', () => {
  let folder: string;
  let poor: string;
  const whole = '20200101T031500Z';

  beforeEach(async () => {
    folder = await stage.createFolder();
    expect(await stage.backUp(mart, folder)).toMatchObject({ code: 0 });
    const [name] = await backupsIn(folder);
    await rename(join(folder, name!), join(folder, whole));
    poor = await stage.createMart();
    expect(await stage.restore(poor, folder)).toMatchObject({ code: 0 });
  });

  it.each(['messages', 'quarantined_messages', 'campaigns', 'client_first_purchase_date'])(
    'is backed up aside if %s has lost over a tenth',
    async (table) => {
      await query(
        poor,
        `DELETE FROM ${table} WHERE ctid IN (SELECT ctid FROM ${table} LIMIT (SELECT count(*) * 0.2 + 1 FROM ${table}))`,
      );

      const output = await stage.backUp(poor, folder, { BACKUP_KEEP: '1' });
      expect(output).toMatchObject({
        code: 3,
        text: expect.stringMatching(new RegExp(`  ${table}: \\d+ rows, \\d+ before\n`)),
      });
      expect(output.text).toContain(`restore ${whole}`);
      const [first, aside] = await backupsIn(folder);
      expect([first, await readdir(join(folder, aside!))]).toEqual([
        whole,
        expect.arrayContaining(['manifest.fewer-rows']),
      ]);
    },
  );

  it('is backed up whole if it has lost less than a tenth, or some holidays', async () => {
    await query(poor, 'DELETE FROM messages WHERE id % 20 = 3');
    await query(poor, 'DELETE FROM holidays');
    expect(await stage.backUp(poor, folder)).toMatchObject({ code: 0 });
  });

  it('never pushes out a good backup, however often it is backed up, and is restored only by name', async () => {
    await query(poor, 'TRUNCATE messages');
    for (let night = 0; night < 3; night++) {
      expect(await stage.backUp(poor, folder, { BACKUP_KEEP: '2' })).toMatchObject({ code: 3 });
      await waitUntil(
        'the next backup gets another name',
        async () => nameOf(new Date()) > (await backupsIn(folder)).at(-1)!,
      );
    }
    const names = await backupsIn(folder);
    expect(names).toEqual([whole, expect.stringMatching(NAME), expect.stringMatching(NAME)]);

    const restored = await stage.createMart();
    expect((await stage.restore(restored, folder)).text).toContain(`From the backup ${whole}`);
    expect(await martContent(restored)).toEqual(await martContent(mart));
    const other = await stage.createMart();
    expect(await stage.restore(other, folder, { RESTORE_FROM: names[2]! })).toMatchObject({ code: 0 });
    expect(await query(other, 'SELECT FROM messages')).toEqual([]);
  });

  it('is backed up whole if that is accepted, and then an empty backup is restored only by name', async () => {
    await query(poor, 'TRUNCATE messages');
    const { text } = await stage.backUp(poor, folder);
    expect(text).toContain('back up once with BACKUP_ACCEPT_FEWER_ROWS=true');
    const last = async () => (await backupsIn(folder)).at(-1)!;
    const aside = await last();

    await waitUntil('the next backup gets another name', () => nameOf(new Date()) > aside);
    expect(await stage.backUp(poor, folder, { BACKUP_ACCEPT_FEWER_ROWS: 'true' })).toMatchObject({ code: 0 });
    const accepted = await last();
    await waitUntil('the next backup gets another name', () => nameOf(new Date()) > accepted);
    expect(await stage.backUp(poor, folder)).toMatchObject({ code: 0 });
    const refused = { code: 1, text: expect.stringContaining('has no messages') };
    expect(await stage.restore(mart, folder)).toMatchObject(refused);
  });
});

it('and a restore exclude each other', async () => {
  const folder = await stage.createFolder();
  expect(await stage.backUp(mart, folder)).toMatchObject({ code: 0 });
  const { done, release } = await halfABackup(await stage.createFolder());
  expect(await stage.restore(mart, folder)).toMatchObject({
    code: 1,
    text: expect.stringContaining('a backup or another restore'),
  });
  await release();
  expect(await done).toMatchObject({ code: 0 });

  const unlock = await holding(mart, 'BEGIN; LOCK TABLE campaigns');
  const restore = stage.begin('restore.sh', mart, folder);
  await waitUntil('the restore waits', () => isAnybodyWaiting(mart));
  const other = await stage.createFolder();
  expect(await stage.backUp(mart, other)).toMatchObject({
    text: expect.stringContaining('not backed up: a restore is running'),
  });
  expect(await backupsIn(other)).toEqual([]);
  expect(await stage.restore(mart, folder)).toMatchObject({ code: 1 });
  await unlock();
  expect(await restore.done).toMatchObject({ code: 0 });
  expect(await stage.backUp(mart, other)).toMatchObject({ code: 0 });
});

it.each(['0', '-1', 'many'])('refuses to keep %p backups', async (keep) => {
  const output = await stage.backUp(mart, await stage.createFolder(), { BACKUP_KEEP: keep });
  expect(output).toMatchObject({ code: 1, text: expect.stringContaining('BACKUP_KEEP') });
});

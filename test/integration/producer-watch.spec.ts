import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { appendFile, mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestApp } from '../support/test-app.js';
import { csv, range } from '../support/message-csv.js';
import type { ProducedTopic } from '../support/produced-topic.js';
import { ProducerStage } from '../support/producer-stage.js';

jest.setTimeout(90_000);

/**
 * Holds a lease like a file server that does not release it: for 45 s the system lets no other process open the file. Written in
 * Perl because Node.js has no fcntl.
 */
const LEASE = `
use Fcntl;
$SIG{IO} = 'IGNORE';
open(my $file, '>>', $ARGV[0]) or die;
fcntl($file, 1024, F_WRLCK) or die; # F_SETLEASE
$| = 1;
print "held\\n";
sleep;
`;
const canHoldLease = process.platform === 'linux' && spawnSync('perl', ['-MFcntl', '-e', '1']).status === 0;
const ENDED_WELL = { code: 0, signal: null };

let stage: ProducerStage;
let folder: string;
let topic: ProducedTopic;

beforeEach(async () => {
  stage = await ProducerStage.create(3);
  ({ folder, topic } = stage);
});

afterEach(() => stage.close());

const start = (...args: string[]): TestApp => stage.start(...args);

/** Scans every second, unless the arguments say otherwise. */
const watch = (pattern: string, ...args: string[]): Promise<TestApp> =>
  start('--file', join(folder, pattern), ...(args.includes('--watch') ? [] : ['--watch', '1']), ...args).listening();

/** Writes a file with an old mtime. */
async function oldFile(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  await utimes(path, new Date('2021-05-08'), new Date('2021-05-08'));
  return path;
}

/** Makes a complete file appear at once, like an object in a bucket. */
async function newFile(name: string, content: string | Buffer): Promise<void> {
  await writeFile(join(folder, `.${name}`), content);
  await rename(join(folder, `.${name}`), join(folder, name));
}

const rows = (producer: TestApp, count: number): Promise<boolean> =>
  producer.waitUntil(`${count} rows are produced`, async () => (await topic.count()) >= count);

const down = async (producer: TestApp): Promise<Readonly<Record<string, string>>> =>
  (await producer.health('readyz')).down;

const runIsOver = (producer: TestApp): Promise<boolean> =>
  producer.waitUntil('the run is over', () => producer.output.includes('scanning for new files'));

const times = (output: string, text: string): number => output.split(text).length - 1;

describe('the producer with --watch', () => {
  it('waits for files and produces each once, when it is complete, even across a restart', async () => {
    // Not 1: on a busy machine the copy below could pause for a second and look settled.
    const producer = await watch('inbox/*.csv*', '--watch', '2');
    await producer.ready();
    expect((await producer.health('livez')).status).toBe(200);
    const awaited = `No file matches ${join(folder, 'inbox/*.csv*')}`;
    expect(producer.output).toContain(awaited);

    await mkdir(join(folder, 'inbox'));
    const text = csv(1, 3_001);
    const slow = createWriteStream(join(folder, 'inbox/a.csv'));
    // Takes longer than two scans; the first piece has the header and complete rows.
    const pieces = 25;
    for (let piece = 0; piece < pieces; piece++) {
      slow.write(text.slice((piece * text.length) / pieces, ((piece + 1) * text.length) / pieces));
      await pause(200);
    }
    expect(await topic.count()).toBe(0);
    slow.end();
    await once(slow, 'close');
    await rows(producer, 3_000);

    const zipped = gzipSync(csv(3_001, 3_501));
    await newFile('b.csv.gz', zipped);
    await rename(join(folder, 'b.csv.gz'), join(folder, 'inbox/b.csv.gz'));
    await rows(producer, 3_500);
    expect(await down(producer)).toEqual({});
    await producer.waitUntil('both runs are over', () => times(producer.output, 'scanning for new files') === 2);
    const metrics = await producer.metrics();
    const bytes = text.length + zipped.length;
    expect(metrics.get('messages_source_size_bytes')).toBe(bytes);
    expect(metrics.get('messages_source_read_bytes_total')).toBe(bytes);
    expect(await producer.stop()).toEqual(ENDED_WELL);
    expect(times(producer.output, awaited)).toBe(1);
    expect(times(producer.output, 'from the start')).toBe(2);

    const second = await watch('inbox/*.csv*');
    await newFile('c.csv', csv(3_501, 3_601));
    await rename(join(folder, 'c.csv'), join(folder, 'inbox/c.csv'));
    await rows(second, 3_600);
    expect(await second.stop()).toEqual(ENDED_WELL);
    expect(times(second.output, 'was already produced')).toBe(2);
    expect(await topic.ids()).toEqual(range(1, 3_601));
  });

  it('exits with 0 on SIGTERM in the middle of a file, and resumes at the next row', async () => {
    await oldFile('m.csv', csv(1, 6_001));
    const producer = await watch('*.csv', '--rate', '2000');
    await rows(producer, 1_000);
    expect(await producer.stop()).toEqual(ENDED_WELL);
    expect(await topic.count()).toBeLessThan(6_000);

    const second = await watch('*.csv');
    await rows(second, 6_000);
    expect(await second.stop()).toEqual(ENDED_WELL);
    expect(second.output).toMatch(/resuming at row [\d,]+/);
    expect(await topic.ids()).toEqual(range(1, 6_001));
  });

  it('is not ready while a file is refused, produces the others, and is ready again when it is gone', async () => {
    const changed = await oldFile('a.csv', csv(1, 11));
    const producer = await watch('*.csv');
    await rows(producer, 10);
    await runIsOver(producer);
    await appendFile(changed, 'one more line\n');
    await producer.waitUntil('it is not ready', async () => 'files' in (await down(producer)));
    expect((await down(producer))['files']).toMatch(
      /^PRODUCER_FILE_CHANGED: .*a\.csv has changed since 10 of its rows/,
    );

    await newFile('b.csv', csv(11, 21));
    await rows(producer, 20);
    expect((await producer.health('readyz')).status).toBe(503);
    expect((await producer.health('livez')).status).toBe(200);

    await rename(changed, join(folder, 'a-2.csv'));
    await rows(producer, 31);
    await producer.ready();
    expect(await producer.stop()).toEqual(ENDED_WELL);
    expect(times(producer.output, 'PRODUCER_FILE_CHANGED')).toBe(1);
  });

  it('skips a changed file that another producer has produced, once it is touched', async () => {
    const changed = await oldFile('a.csv', csv(1, 11));
    const producer = await watch('*.csv');
    await rows(producer, 10);
    await runIsOver(producer);
    await appendFile(changed, csv(11, 12).replace(/^.*\n/, ''));
    await producer.waitUntil('it is not ready', async () => 'files' in (await down(producer)));

    const other = start('--file', changed, '--from-start');
    expect(await other.exited).toEqual(ENDED_WELL);
    await utimes(changed, new Date(), new Date());
    await producer.ready();
    expect(producer.output).toContain('was already produced (11 rows)');
    expect(await topic.count()).toBe(21);
  });

  it('reports what is wrong with each file, and produces it once it is repaired', async () => {
    const faulty: [string, string, RegExp][] = [
      ['empty.csv', '', /CSV_HEADER_INVALID: .*empty\.csv: the file is empty/],
      ['notes.txt', 'notes', /CSV_FILE_TYPE_UNKNOWN: .*notes\.txt/],
    ];
    for (const [name, content] of faulty) await oldFile(name, content);
    // Its size is 0, and not even root can read the first bytes of a process's memory.
    await symlink('/proc/self/mem', join(folder, 'unreadable.csv'));
    await oldFile('z.csv', csv(1, 11));
    const producer = await watch('*');
    await rows(producer, 10);
    await producer.waitUntil('the file is tried', () => producer.output.includes('PRODUCER_FILE_UNREADABLE'));
    for (const [, , message] of faulty) expect(producer.output).toMatch(message);
    expect((await down(producer))['files']).toMatch(/ \(and 2 more\)$/);

    await writeFile(join(folder, 'empty.csv'), csv(11, 21));
    await rm(join(folder, 'notes.txt'));
    await newFile('unreadable.csv', csv(21, 31));
    await rows(producer, 30);
    await producer.ready();
    expect(await producer.stop()).toEqual(ENDED_WELL);
    expect(['CSV_HEADER_INVALID', 'CSV_FILE_TYPE_UNKNOWN'].map((code) => times(producer.output, code))).toEqual([1, 1]);
    expect(await topic.ids()).toEqual(range(1, 31));
  });

  it('reports matches that are not files, produces the others, and produces each once it is a file', async () => {
    await symlink('loop.csv', join(folder, 'loop.csv'));
    await symlink('later', join(folder, 'dangling.csv'));
    await mkdir(join(folder, 'folder.csv'));
    await writeFile(Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('.csv')]), csv(11, 21));
    await oldFile('z.csv', csv(1, 11));
    const producer = await watch('*.csv');
    await rows(producer, 10);
    for (const what of ['loop.csv is a symbolic link', 'dangling.csv is', 'folder.csv is a folder', 'is not UTF-8'])
      expect(producer.output).toContain(what);
    expect((await down(producer))['files']).toMatch(/^CSV_FILE_UNUSABLE: .* \(and 3 more\)$/);

    await rm(join(folder, 'loop.csv'));
    await rm(join(folder, 'folder.csv'), { recursive: true });
    await rename(
      Buffer.concat([Buffer.from(`${folder}/M`), Buffer.from([0xfc]), Buffer.from('.csv')]),
      join(folder, 'M.csv'),
    );
    await oldFile('later', csv(21, 31));
    await rows(producer, 30);
    await producer.ready();
    expect(times(producer.output, 'folder.csv is a folder')).toBe(1);
    expect(await producer.stop()).toEqual(ENDED_WELL);
    expect(await topic.ids()).toEqual(range(1, 31));
  });

  (canHoldLease ? it : it.skip)(
    'reports a file that does not answer, resumes when it does, and exits on SIGTERM meanwhile',
    async () => {
      const path = await oldFile('a.csv', csv(1, 11));
      const lease = spawn('perl', ['-e', LEASE, path]);
      try {
        await once(lease.stdout, 'data');
        const [patient, ending] = await Promise.all([watch('*.csv'), start('--file', path).listening()]);
        for (const producer of [patient, ending]) {
          await producer.waitUntil('it says so', () => producer.output.includes('a.csv has not answered for 5 s'));
          expect((await down(producer))['files']).toMatch(/a\.csv has not answered for \d+ s/);
        }
        expect(await ending.stop(5_000)).toEqual(ENDED_WELL);
        expect(await topic.count()).toBe(0);
        lease.kill();
        await rows(patient, 10);
        await patient.ready();
        expect(patient.output).toMatch(/a\.csv answers again, after \d+ s/);
        expect(await patient.stop()).toEqual(ENDED_WELL);
      } finally {
        lease.kill('SIGKILL');
      }
    },
  );

  it('applies --from-start to a file once, not in every run', async () => {
    await oldFile('a.csv', csv(1, 11));
    for (const count of [10, 20]) {
      const producer = await watch('*.csv', '--from-start');
      await rows(producer, count);
      await runIsOver(producer);
      if (count === 20) {
        await newFile('b.csv', csv(11, 21));
        await rows(producer, 30);
      }
      expect(await producer.stop()).toEqual(ENDED_WELL);
    }
    expect(await topic.ids()).toEqual([...range(1, 11), ...range(1, 11), ...range(11, 21)].sort((a, b) => a - b));
  });
});

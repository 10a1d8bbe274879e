import { appendFile, copyFile, open, readFile, rename, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { TestApp } from '../support/test-app.js';
import { csv, range } from '../support/message-csv.js';
import type { ProducedTopic } from '../support/produced-topic.js';
import { ProducerStage } from '../support/producer-stage.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(90_000);

const ENDED_WELL = { code: 0, signal: null };
const FAILED = { code: 1, signal: null };
const ROWS = 20_000;

let stage: ProducerStage;
let folder: string;
let path: string;
let topic: ProducedTopic;

beforeEach(async () => {
  stage = await ProducerStage.create(1);
  ({ folder, topic } = stage);
  path = join(folder, 'm.csv');
});

afterEach(() => stage.close());

const start = (...args: string[]): TestApp => stage.start('--file', path, ...args);

/** Runs until it exits. */
async function produce(...args: string[]): Promise<string> {
  const producer = start(...args);
  expect([await producer.exited, producer.output]).toEqual([ENDED_WELL, expect.any(String)]);
  return producer.output;
}

/** A slow producer that is in the middle of the file. */
async function midway(...args: string[]): Promise<TestApp> {
  const producer = start('--rate', '4000', ...args);
  await producer.waitUntil('1,000 rows', async () => (await topic.count()) >= 1_000);
  return producer;
}

/** Rewrites the file as `cp` does: it is empty at first. */
async function writeAgain(content: string | Buffer, pause: () => Promise<unknown>): Promise<void> {
  const handle = await open(path, 'w');
  await pause();
  await handle.write(content as string);
  await handle.close();
}

const distinct = async (): Promise<number[]> => [...new Set(await topic.ids())];

describe('a file that changes while it is read', () => {
  it.each([
    ['m.csv', (text: string) => Buffer.from(text)],
    ['m.csv.gz', (text: string) => gzipSync(text, { level: 0 })],
  ])(
    'is unfinished after it was rewritten with the same content, and the next run resumes: %s',
    async (name, encode) => {
      path = join(folder, name);
      const content = encode(csv(1, ROWS + 1));
      await writeFile(path, content);
      const producer = await midway();
      await writeAgain(content, () => producer.exited);
      expect([await producer.exited, producer.output]).toEqual([FAILED, expect.any(String)]);
      expect(producer.output).toMatch(/PRODUCER_FILE_CHANGED: .*was truncated or rewritten while it was read/);
      expect(await topic.count()).toBeLessThan(ROWS);

      expect(await produce()).toContain('resuming at row');
      expect(await distinct()).toEqual(range(1, ROWS + 1));
      expect(await produce()).toContain('was already produced');
    },
  );

  it('is tried again with --watch, while other files are produced', async () => {
    const content = csv(1, ROWS + 1);
    await writeFile(path, content);
    const pattern = join(folder, '*.csv');
    const producer = await midway('--file', pattern, '--watch', '1');
    await writeAgain(content.slice(0, -1), async () => {
      await producer.waitUntil('it is refused', () => producer.output.includes('PRODUCER_FILE_CHANGED'));
      await writeFile(join(folder, 'other.csv'), csv(ROWS + 1, ROWS + 11));
      await producer.waitUntil('the other is produced', () => producer.output.includes('other.csv: from the start'));
    });
    await appendFile(path, '\n');
    await producer.waitUntil('all are there', async () => (await topic.count()) >= ROWS + 10, 60_000);
    await producer.ready();
    expect(await distinct()).toEqual(range(1, ROWS + 11));
    expect(await producer.stop()).toEqual(ENDED_WELL);
  });

  it('is read to its new end when it grows, without sending half a line in between', async () => {
    const text = csv(1, ROWS + 1);
    const half = Math.floor(text.length / 2);
    await writeFile(path, text.slice(0, half));
    const producer = await midway();
    await appendFile(path, text.slice(half, half + 10));
    await producer.waitUntil('it waits for the rest', async () => (await topic.count()) >= (ROWS / 2) * 0.95);
    await appendFile(path, text.slice(half + 10));
    expect([await producer.exited, producer.output]).toEqual([ENDED_WELL, expect.any(String)]);
    expect(await topic.ids()).toEqual(range(1, ROWS + 1));
  });

  it('is unfinished when it has grown by half a line, which is sent once it is complete', async () => {
    const text = csv(1, 4_001);
    await writeFile(path, text.slice(0, -20));
    const producer = await midway();
    await appendFile(path, text.slice(-20, -10));
    expect([await producer.exited, producer.output]).toEqual([FAILED, expect.any(String)]);
    expect(producer.output).toMatch(/PRODUCER_FILE_CHANGED: .*its last line is not complete yet/);
    expect(await topic.count()).toBe(3_999);
    await appendFile(path, text.slice(-10));
    await produce();
    expect(await topic.ids()).toEqual(range(1, 4_001));
  });

  it.each([
    [
      'replaced by another',
      async () => {
        await writeFile(`${path}.new`, csv(10_001, 18_001));
        await rename(`${path}.new`, path);
      },
    ],
    ['deleted', () => rm(path)],
    ['truncated', () => truncate(path, 500)],
  ])('is unfinished when it was %s', async (_, change) => {
    await writeFile(path, csv(1, 8_001));
    const producer = await midway();
    await change();
    expect([await producer.exited, producer.output]).toEqual([FAILED, expect.any(String)]);
    expect(producer.output).toContain('PRODUCER_FILE_CHANGED');
    // The file fits into one chunk, so all of it was read before it was truncated.
    expect(await topic.ids()).toEqual(range(1, 8_001));
    if (_ === 'deleted') await writeFile(path, csv(10_001, 18_001));
    const next = start();
    expect([await next.exited, next.output]).toEqual([FAILED, expect.any(String)]);
    expect(next.output).toMatch(
      /has changed since [\d,]+ of its rows were produced: the \d+ bytes that were read differ/,
    );
  });

  it('is finished when it was only touched, or replaced by a copy', async () => {
    await writeFile(path, csv(1, 8_001));
    const producer = await midway();
    await copyFile(path, `${path}.copy`);
    await rename(`${path}.copy`, path);
    expect([await producer.exited, producer.output]).toEqual([ENDED_WELL, expect.any(String)]);
    await utimes(path, new Date(), new Date());

    expect(await produce()).toContain('comparing the');
    expect(await produce()).not.toContain('comparing the');
    expect(await topic.count()).toBe(8_000);
  });
});

describe('a file that is replaced by one with the same size and the same first bytes', () => {
  it.each([
    ['m.csv', (text: string) => Buffer.from(text)],
    ['m.csv.gz', (text: string) => gzipSync(text, { level: 0 })],
  ])('is refused, even with the mtime of the old one: %s', async (name, encode) => {
    path = join(folder, name);
    const text = csv(1, 2_001);
    await writeFile(path, encode(text));
    await produce();
    const { atime, mtime } = await stat(path);
    const other = encode(text.replace('\n1700,uuid-1700', '\n3700,uuid-1700'));
    expect(other).toHaveLength((await readFile(path)).length);
    await writeFile(`${path}.new`, other);
    await utimes(`${path}.new`, atime, mtime);
    await rename(`${path}.new`, path);

    const refused = start();
    expect([await refused.exited, refused.output]).toEqual([FAILED, expect.any(String)]);
    expect(refused.output).toMatch(/PRODUCER_FILE_CHANGED: .*the \d+ bytes that were read differ/);
    await produce('--from-start');
    await waitUntil('the new row is there', async () => (await topic.ids()).includes(3_700));
  });
});

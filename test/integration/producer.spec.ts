import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { partitionOf } from '../../apps/producer/src/kafka/murmur2.js';
import { COLUMNS, csv, range, row } from '../support/message-csv.js';
import { idsOf, ProducedTopic } from '../support/produced-topic.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

const MAIN = fileURLToPath(new URL('../../dist/apps/producer/src/main.js', import.meta.url));
const PARTITIONS = 3;

const children = new Set<ChildProcess>();
let folder: string;
let topic: ProducedTopic;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'producer-spec-'));
  topic = await ProducedTopic.create();
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
  await topic.delete();
});

interface Run {
  child: ChildProcess;
  /** Exit code, or the name of the signal. */
  ended: Promise<number | string>;
  output: () => string;
}

function produce(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      KAFKA_BROKERS: process.env['KAFKA_BROKERS'],
      KAFKA_TOPIC: topic.name,
      KAFKA_TOPIC_PARTITIONS: String(PARTITIONS),
      PORT: '0',
      HOST: '127.0.0.1',
      LOG_FORMAT: 'json',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve(code ?? signal ?? 'unknown');
    }),
  );
  return { child, ended, output: () => output };
}

/** Runs until it exits; a failure shows the output. */
async function produceAll(args: string[], env: Record<string, string> = {}): Promise<string> {
  const run = produce(args, env);
  expect([await run.ended, run.output()]).toEqual([0, expect.any(String)]);
  return run.output();
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

describe('the producer', () => {
  it('sends each row once, as JSON without empty fields, to the partition of its id, in file order', async () => {
    await produceAll(['--file', await file('m.csv', csv(1, 2_501))], { PRODUCER_BATCH_ROWS: '700' });
    const messages = await topic.read();
    expect(idsOf(messages)).toEqual(range(1, 2_501));
    const lastOfPartition = new Map<number, number>();
    for (const { key, value, headers, partition } of messages) {
      const id = Number(key);
      const present = Object.entries(row(id)).filter(([, text]) => text !== '');
      expect(JSON.parse(value!.toString())).toEqual(Object.fromEntries(present));
      expect(headers).toEqual({});
      expect(partition).toBe(partitionOf(key!, key!.length, PARTITIONS));
      expect(id).toBeGreaterThan(lastOfPartition.get(partition) ?? 0);
      lastOfPartition.set(partition, id);
    }
  });

  it('creates the topic as configured', async () => {
    await produceAll(['--file', await file('m.csv', csv(1, 2))], { KAFKA_TOPIC_RETENTION_MS: '-1' });
    const { resources } = await topic.admin.describeConfigs({
      includeSynonyms: false,
      resources: [topic.name, `${topic.name}_positions`].map((name) => ({ type: 2, name })),
    });
    const setting = (index: number, name: string) =>
      resources[index]!.configEntries.find(({ configName }) => configName === name)!.configValue;
    expect([setting(0, 'max.message.bytes'), setting(0, 'retention.ms'), setting(1, 'cleanup.policy')]).toEqual([
      '8388608',
      '-1',
      'compact',
    ]);
    expect((await topic.admin.fetchTopicOffsets(topic.name)).length).toBe(PARTITIONS);
  });

  it('accepts columns in any order and skips unknown ones', async () => {
    const columns = ['user_device_id', ...[...COLUMNS].reverse(), 'user_id'];
    await produceAll(['--file', await file('m.csv', csv(1, 11, columns))]);
    const messages = await topic.read();
    expect(idsOf(messages)).toEqual(range(1, 11));
    expect(JSON.parse(messages.find(({ key }) => String(key) === '3')!.value!.toString())).toEqual({
      id: '3',
      message_id: 'uuid-3',
      client_id: '1515915625472576541',
      sent_at: '2021-05-08 12:00:03',
    });
  });

  it('sends a line that does not parse unchanged, with the reason and place in its headers', async () => {
    const bad = Buffer.concat([
      Buffer.from('1,"unclosed\n'),
      Buffer.from([0x39, 0xff, 0x0a]),
      Buffer.from(`${'x'.repeat(5_000_000)}\n`),
    ]);
    const path = await file(
      'bad.csv',
      Buffer.concat([Buffer.from(csv(1, 3)), bad, Buffer.from(csv(3, 5).replace(/^.*\n/, ''))]),
    );
    await produceAll(['--file', path]);
    const messages = await topic.read();
    expect(idsOf(messages.filter(({ key }) => key !== null))).toEqual([1, 2, 3, 4]);
    const marked = messages
      .filter(({ key }) => key === null)
      .map(({ value, headers }) => ({
        line: Number(String(headers!['csv-line'])),
        file: String(headers!['csv-file']),
        error: String(headers!['csv-error']),
        bytes: value!.length < 100 ? value!.toString('latin1') : value!.length,
      }))
      .sort((a, b) => a.line - b.line || Number(b.bytes) - Number(a.bytes));
    const tooLong = { line: 6, file: 'bad.csv', error: 'a line longer than 4194304 bytes' };
    expect(marked).toEqual([
      { line: 4, file: 'bad.csv', error: expect.any(String), bytes: '1,"unclosed' },
      { line: 5, file: 'bad.csv', error: 'not valid UTF-8', bytes: '9\xff' },
      { ...tooLong, bytes: 4_194_304 },
      { ...tooLong, bytes: 5_000_000 - 4_194_304 },
    ]);
  });

  it('reads the files of a pattern in name order, .csv.gz with several members too, and none twice', async () => {
    await file('part-10.csv', csv(200, 300));
    const second = await file(
      'part-2.csv.gz',
      Buffer.concat([gzipSync(csv(300, 350)), gzipSync(csv(350, 400).replace(/^.*\n/, ''))]),
    );
    await file('other.csv', csv(900, 910));
    const output = await produceAll(['--file', join(folder, 'part-*.csv*')]);
    expect(output.indexOf('part-10.csv: from the start')).toBeLessThan(output.indexOf('part-2.csv.gz: from the start'));
    expect(await topic.ids()).toEqual(range(200, 400));

    expect(await produceAll(['--file', join(folder, 'part-*')])).toContain(`${second} was already produced (100 rows)`);
    expect(await topic.count()).toBe(200);
  });

  it.each([
    ['m.csv', (text: string) => Buffer.from(text)],
    ['m.csv.gz', (text: string) => gzipSync(text)],
  ])(
    'loses nothing when it is killed repeatedly, and repeats at most the requests in flight: %s',
    async (name, encode) => {
      const rows = 12_000;
      const batch = 250;
      const path = await file(name, encode(csv(1, rows + 1)));
      const kills = 3;
      for (let kill = 1; kill <= kills; kill++) {
        const { child, ended, output } = produce(['--file', path, '--rate', '6000'], {
          PRODUCER_BATCH_ROWS: String(batch),
        });
        const before = await topic.count();
        await waitUntil(`1,500 more rows; ${output()}`, async () => (await topic.count()) >= before + 1_500, 20_000);
        child.kill('SIGKILL');
        expect([await ended, output()]).toEqual(['SIGKILL', expect.any(String)]);
      }
      expect(await produceAll(['--file', path])).toContain('resuming at row');
      const ids = await topic.ids();
      expect([...new Set(ids)]).toEqual(range(1, rows + 1));
      // Two requests: the one in flight, and the one before it, whose position is sent with it.
      expect(ids.length - rows).toBeLessThanOrEqual(kills * 2 * batch);
    },
  );

  it('exits with 0 on SIGTERM, and resumes at the next row', async () => {
    const path = await file('m.csv', csv(1, 8_001));
    const { child, ended, output } = produce(['--file', path, '--rate', '2000']);
    await waitUntil(`1,000 rows; ${output()}`, async () => (await topic.count()) >= 1_000, 20_000);
    child.kill('SIGTERM');
    expect([await ended, output()]).toEqual([0, expect.any(String)]);
    const before = await topic.count();
    expect(before).toBeLessThan(8_000);
    expect(await produceAll(['--file', path])).toMatch(/resuming at row [\d,]+, line [\d,]+/);
    expect(await topic.ids()).toEqual(range(1, 8_001));
  });

  it('refuses a file whose content was replaced, and accepts it with --from-start', async () => {
    const path = await file('m.csv', csv(1, 11));
    await produceAll(['--file', path]);
    await appendFile(path, 'one more line\n');
    const refused = produce(['--file', path]);
    expect(await refused.ended).toBe(1);
    expect(refused.output()).toMatch(
      /PRODUCER_FILE_CHANGED: .*m\.csv has changed since 10 of its rows were produced: its size was \d+ bytes/,
    );
    expect(await topic.count()).toBe(10);

    await produceAll(['--file', path, '--from-start']);
    expect(await topic.count()).toBe(21);
    expect(await produceAll(['--file', path])).toContain('was already produced (11 rows)');
  });

  it('warns that a recreated topic does not hold the rows, and sends them with --from-start', async () => {
    const args = ['--file', await file('m.csv', csv(1, 11))];
    const warning = `the topic ${topic.name} was recreated after 10 rows of this file were sent`;
    expect(await produceAll(args)).not.toContain(warning);
    await topic.admin.deleteTopics({ topics: [topic.name] });
    await waitUntil('it is gone', async () => !(await topic.admin.listTopics()).includes(topic.name));
    // The first producer recreates the topic; the second one recognises it by its id.
    expect(await produceAll(args)).toContain(warning);
    expect(await produceAll(args)).toContain(warning);
    expect(await topic.count()).toBe(0);
    expect(await produceAll([...args, '--from-start'])).not.toContain(warning);
    expect(await topic.ids()).toEqual(range(1, 11));
  });

  it('reports every bad file before it sends the first row', async () => {
    await file('a.csv', csv(1, 11));
    await file('b.csv', 'id;message_id\n1;2\n');
    await file('c.csv', '');
    const run = produce([
      '--file',
      join(folder, 'a.csv'),
      '--file',
      join(folder, 'b.csv'),
      '--file',
      join(folder, 'c.csv'),
    ]);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(
      /PRODUCER_FILES_REFUSED: 2 files.*b\.csv: its fields are separated by semicolons.*c\.csv: the file is empty/,
    );
    expect(await topic.count()).toBe(0);
    await rm(join(folder, 'b.csv'));
    await rm(join(folder, 'c.csv'));
    await file('b.csv', csv(11, 21) + csv(21, 31));
    const output = await produceAll(['--file', join(folder, 'a.csv'), '--file', join(folder, 'b.csv')]);
    expect(output).toContain('skipped 1 lines that repeat the header');
    expect(await topic.ids()).toEqual(range(1, 31));
  });

  it('sends the sound part of a .gz file with other bytes after it, and fails', async () => {
    const path = await file('m.csv.gz', Buffer.concat([gzipSync(csv(1, 20_001)), Buffer.from('garbage')]));
    const run = produce(['--file', path]);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/CSV_GZIP_CORRUPT: .*other data follows its end/);
    expect(await topic.count()).toBe(20_000);
    await file('padded.csv.gz', Buffer.concat([gzipSync(csv(20_001, 20_101)), Buffer.alloc(1)]));
    await produceAll(['--file', join(folder, 'padded.csv.gz')]);
    expect(await topic.count()).toBe(20_100);
  });

  it('sends the readable part of a truncated .gz file, and names the file', async () => {
    // Hardly compressible, so that much of it is readable.
    const noise = csv(1, 5_001).replaceAll('uuid-', () => randomBytes(20).toString('hex'));
    const whole = gzipSync(noise);
    const run = produce(['--file', await file('cut.csv.gz', whole.subarray(0, whole.length / 2))]);
    expect(await run.ended).toBe(1);
    expect(run.output()).toMatch(/CSV_GZIP_TRUNCATED: .*cut\.csv\.gz ends in the middle of its compressed data/);
    const ids = await topic.ids();
    expect(ids.length).toBeGreaterThan(1_000);
    expect(ids).toEqual(range(1, ids.length + 1));
  });

  it.each([
    ['nothing.csv', '', 'CSV_FILE_NOT_FOUND'],
    ['m.txt', csv(1, 2), 'CSV_FILE_TYPE_UNKNOWN'],
    ['m.csv', 'id,message_id\n1,2\n', 'CSV_HEADER_INVALID'],
  ])('exits with 1 and a message for %s', async (name, content, code) => {
    if (content !== '') await file(name, content);
    const run = produce(['--file', join(folder, name)]);
    expect(await run.ended).toBe(1);
    expect(run.output()).toContain(code);
    expect(run.output()).toContain(name);
    expect(await topic.count()).toBe(0);
  });
});

describe('findFiles', () => {
  it('expands patterns in any segment, in name order, each file once', async () => {
    for (const name of ['b.csv', 'a.csv', 'c.csv.gz', '.hidden.csv', 'a+b.csv']) await file(name, '');
    const names = async (...patterns: string[]) =>
      (await findCsvFiles(patterns.map((pattern) => join(folder, pattern)))).map((path) =>
        path.slice(folder.length + 1),
      );
    expect(await names('*.csv')).toEqual(['a+b.csv', 'a.csv', 'b.csv']);
    expect(await names('?.csv', 'b.*', 'c.csv.gz')).toEqual(['a.csv', 'b.csv', 'c.csv.gz']);
    expect(await names('a+b.csv')).toEqual(['a+b.csv']);
    expect(await names(`../${folder.split('/').at(-1)!.slice(0, -1)}?/c*`)).toHaveLength(1);
  });
});

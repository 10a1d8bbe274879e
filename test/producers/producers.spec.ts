import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Admin } from 'kafkajs';
import { partitionOf } from '../../apps/producer/src/kafka/murmur2.js';
import { ensureVirtualEnvironment } from '../../dev/python/virtual-environment.js';
import { ensureJars } from '../../dev/services/jars.js';
import { findJava, javaEnvironment } from '../../dev/services/java.js';
import { KAFKA } from '../../dev/services/kafka-server.js';
import { toolEnvironment } from '../../dev/services/config/tool-environment.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { readQuarantine } from '../support/mart.js';
import { runProgram } from '../support/run-program.js';
import type { TestApp } from '../support/test-app.js';

/** Compiling Go's standard library alone takes half a minute on two slow cores, but only once. */
const COMPILE_MS = 300_000;
const PARTITIONS = 3;
const HERE = join('test', 'producers');

let folder: string;
let pipeline: Pipeline;
let consumer: TestApp;
let admin: Admin;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'producers-'));
  pipeline = await Pipeline.create({ partitions: PARTITIONS });
  await pipeline.createTopic();
  admin = pipeline.kafka.admin();
  await admin.connect();
  consumer = await pipeline.consumer();
}, 60_000);

afterAll(async () => {
  await admin?.disconnect();
  await pipeline?.close();
  await rm(folder, { recursive: true, force: true });
});

/** The offset after the last record of each partition. */
async function ends(): Promise<Map<number, string>> {
  const partitions = await admin.fetchTopicOffsets(pipeline.topic);
  return new Map(partitions.map(({ partition, high }) => [partition, high]));
}

/** Writes the program of a language in docs/connect.md to a file, as a reader would. */
async function programOf(language: string, name: string): Promise<string> {
  const document = await readFile(join('docs', 'connect.md'), 'utf8');
  const program = new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(document)?.[1];
  if (program === undefined) throw new Error(`docs/connect.md has no program in ${language}`);
  const file = join(folder, name);
  await writeFile(file, program);
  return file;
}

const LANGUAGES = {
  python: {
    id: '9000000000000000001',
    writes: 'times of isoformat() with +00:00',
    repaired: ['sent_at', 'created_at', 'updated_at'],
    async run(...args: string[]) {
      const confluentKafka = {
        name: 'The test of producers',
        title: 'confluent-kafka',
        size: '30 MB',
        command: 'npm run test:producers',
        oldestPython: [3, 9],
        requirements: join(HERE, 'requirements.txt'),
        hashed: false,
        modules: 'confluent_kafka',
      } as const;
      const program = await programOf('python', 'produce.py');
      const python = await ensureVirtualEnvironment(confluentKafka, { folder: '.local/producers', log: console.log });
      await runProgram(python, [program, ...args]);
    },
  },
  go: {
    id: '9000000000000000002',
    writes: 'times of time.Time with the offset of the machine',
    repaired: ['sent_at', 'created_at', 'updated_at'],
    async run(...args: string[]) {
      const program = await programOf('go', 'produce.go');
      await Promise.all(['go.mod', 'go.sum'].map((file) => copyFile(join(HERE, file), join(folder, file))));
      await runProgram('go', ['run', program, ...args], {
        cwd: folder,
        env: { ...toolEnvironment(), TZ: 'Asia/Tokyo' },
      });
    },
  },
  java: {
    id: '9000000000000000003',
    writes: 'times of Instant with Z, which need no repair',
    repaired: [],
    async run(...args: string[]) {
      const program = await programOf('java', 'Produce.java');
      const env = toolEnvironment();
      const java = await findJava(KAFKA, env);
      const jars = await ensureJars(KAFKA, { cacheDir: '.local/cache', env, log: console.log });
      await runProgram(java, ['-cp', join(jars.folder, '*'), program, ...args], { env: javaEnvironment(env) });
    },
  },
};

describe.each(Object.entries(LANGUAGES))('the producer of docs/connect.md in %s', (language, { id, ...producer }) => {
  it(
    `writes ${producer.writes}, to the partition that our producer would choose`,
    async () => {
      const began = Date.now();
      const before = await consumer.metrics();
      const endsBefore = await ends();
      await producer.run(pipeline.settings['KAFKA_BROKERS']!, pipeline.topic);
      await pipeline.caughtUp();

      const rows = await query(
        pipeline.databaseUrl,
        `SELECT message_id, client_id, channel, is_opened, date = (sent_at AT TIME ZONE 'UTC')::date AS of_the_day,
           sent_at = created_at AND created_at = updated_at AS same, (extract(epoch FROM updated_at) * 1000)::float8 AS ms
         FROM messages WHERE id = $1`,
        [id],
      );
      expect(rows).toEqual([
        {
          message_id: `from-${language}`,
          client_id: '1515915625489833514',
          channel: 'email',
          is_opened: false,
          of_the_day: true,
          same: true,
          ms: expect.any(Number),
        },
      ]);
      // The time of the program, to the second: not shifted by a time zone.
      const { ms } = rows[0] as { ms: number };
      expect(ms).toBeGreaterThan(began - 1000);
      expect(ms).toBeLessThan(Date.now() + 1000);

      const after = await consumer.metrics();
      const added = [...after].filter(([name, value]) => value > (before.get(name) ?? 0)).map(([name]) => name);
      expect(added.filter((name) => name.includes('utc_offset')).sort()).toEqual(
        producer.repaired.map((column) => `messages_repaired_total{rule="utc_offset",column="${column}"}`).sort(),
      );
      const key = Buffer.from(id);
      const offsets = await ends();
      expect([...offsets.keys()].filter((partition) => offsets.get(partition) !== endsBefore.get(partition))).toEqual([
        partitionOf(key, key.length, PARTITIONS),
      ]);
      expect(await readQuarantine(pipeline.databaseUrl)).toEqual([]);
    },
    COMPILE_MS,
  );
});

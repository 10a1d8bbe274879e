import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { generate } from '#sample-data/generate.js';
import { pingKafka } from '../../dev/services/connect.js';
import { systemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { recordOf } from '../support/records.js';
import { AuthorizedKafka } from '../support/rights/authorized-kafka.js';
import {
  documentedRights,
  grantedByCommands,
  type DocumentedRight,
  type RightsUser,
} from '../support/rights/kafka-rights.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(120_000);

const ROWS = 300;

let kafka: AuthorizedKafka;
let folder: string;
let file: string;
let pipeline: Pipeline;

beforeAll(async () => {
  kafka = await AuthorizedKafka.start();
}, 120_000);

afterAll(() => kafka?.close(), 60_000);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kafka-rights-'));
  ({
    files: { messages: file },
  } = await generate({ out: folder, rows: ROWS, seed: 1, dirty: 0, duplicates: 0 }));
  pipeline = await Pipeline.create({ servers: kafka.services });
});

afterEach(async () => {
  await pipeline?.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (name: Exclude<RightsUser, 'spark'>, args: readonly string[] = []): Promise<TestApp> =>
  pipeline.start(name, { env: kafka.settingsOf(name), args });

const produce = () => start('producer', ['--file', file]);

const documented = () => documentedRights(pipeline);
const needed = () => documented().filter(({ isNeeded }) => isNeeded);

async function createTopics(): Promise<void> {
  await pipeline.createTopic();
  const configEntries = [{ name: 'cleanup.policy', value: 'compact' }];
  await pipeline.createTopic({ topic: `${pipeline.topic}_positions`, partitions: 1, configEntries });
}

const count = async (table: string) =>
  (await query<{ n: number }>(pipeline.databaseUrl, `SELECT count(*)::integer AS n FROM public.${table}`))[0]!.n;

const stored = (rows: number) => waitUntil(`${rows} rows are stored`, async () => (await count('messages')) === rows);

it('the commands in docs/rights.md grant what its table lists', () => {
  const sorted = (list: readonly object[]) => list.map((each) => JSON.stringify(each)).toSorted();
  const table = documentedRights().map(({ isNeeded: _, ...right }) => right);
  expect(table.length).toBeGreaterThan(15);
  expect(sorted(grantedByCommands())).toEqual(sorted(table));
});

it('npm start needs no right for its check of the brokers', async () => {
  await kafka.setRights([]);
  const { KAFKA_BROKERS: brokers, ...env } = kafka.settingsOf('nobody');
  await expect(pingKafka([brokers!], 5_000, env)).resolves.toEqual(expect.any(String));
});

describe('with a broker that denies by default, everything works', () => {
  it('with the needed rights, on topics that an administrator created', async () => {
    await createTopics();
    await kafka.setRights(needed());
    const gateway = await start('gateway');
    const consumers = [await start('consumer'), await start('consumer')] as const;
    const interrupted = await start('producer', ['--file', file, '--rate', '50']);
    await waitUntil('some rows are sent', async () => (await pipeline.recordsInTopic()) > 0);
    expect({ ...(await interrupted.stop()), output: interrupted.output }).toMatchObject({ code: 0 });
    const resumed = await start('producer', ['--file', file]);
    expect({ ...(await resumed.exited), output: resumed.output }).toMatchObject({ code: 0 });
    expect(resumed.output).toMatch(/resuming at row/);
    await pipeline.send([recordOf(1), { value: 'no JSON' }]);
    await stored(ROWS + 1);
    await waitUntil('the bad record is in quarantine', async () => (await count('quarantined_messages')) === 1);

    await waitUntil('the gateway sees all of it', async () => {
      const { overall, parts } = await systemHealth(gateway);
      expect({ overall, ...parts }).toMatchObject({
        overall: 'ok',
        kafka: { topic: pipeline.topic, produced: ROWS + 2 },
        consumer_group: { lag: 0, state: 'Stable', consumed: ROWS + 2, members: [{}, {}] },
        producer: { message: 'done', rows: ROWS, files_done: 1 },
      });
      return true;
    });

    // One leaves, the other takes its partitions.
    expect(await consumers[0].stop()).toMatchObject({ code: 0 });
    await pipeline.send([recordOf(2), recordOf(3), recordOf(4)]);
    await stored(ROWS + 4);
    expect(await consumers[1].stop()).toMatchObject({ code: 0 });
    expect(await gateway.stop()).toMatchObject({ code: 0 });
    for (const app of [gateway, ...consumers, interrupted, resumed]) expect(app.output).not.toMatch(/authoriz|lacks/i);
  });

  it('with all rights, which let the apps create topics and tidy up', async () => {
    await kafka.setRights(documented());
    const consumer = await start('consumer');
    const producer = await produce();
    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 0 });
    await stored(ROWS);
    await pipeline.setTopic('cleanup.policy', 'compact');
    const gateway = await start('gateway');
    await waitUntil('the gateway sees the positions and the policy', async () => {
      const { parts } = await systemHealth(gateway);
      expect(parts).toMatchObject({
        producer: { rows: ROWS },
        kafka: { message: expect.stringContaining('is compacted') },
      });
      return true;
    });
    await gateway.stop();

    expect((await pipeline.topicSettings(`${pipeline.topic}_positions`)).get('cleanup.policy')).toBe('compact');
    expect(await kafka.groupsThatStartWith(`${pipeline.topic}_positions`)).toEqual([]);
    for (const app of [gateway, consumer, producer]) expect(app.output).not.toMatch(/authoriz|lacks/i);
  });
});

describe('an app that lacks a right names it:', () => {
  const without = (right: DocumentedRight) =>
    kafka.setRights(needed().filter((each) => JSON.stringify(each) !== JSON.stringify(right)));

  it('the producer, before it sends anything', async () => {
    await createTopics();
    // Without a position there is nothing to read.
    await pipeline.send([{ key: 'x', value: 'x' }], `${pipeline.topic}_positions`);
    for (const right of needed().filter(({ user }) => user === 'producer')) {
      await without(right);
      const producer = await produce();
      expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 1 });
      expect(producer.output).toContain(textOf(right));
      expect(producer.output).toContain(`--operation ${right.operation} --${right.resource} '${right.name}'`);
      expect(await pipeline.recordsInTopic()).toBe(0);
    }
  });

  it.each(['consumer', 'gateway'] as const)('the %s, which continues when it is granted', async (name) => {
    await createTopics();
    await pipeline.send([{ key: 'x', value: 'x' }], `${pipeline.topic}_positions`);
    await kafka.setRights([]);
    const app = await start(name);
    for (const right of needed().filter(({ user }) => user === name)) {
      await without(right);
      await app.waitUntil(`it reports that it ${textOf(right)}`, async () =>
        (await reportOf(app)).includes(textOf(right)),
      );
      await kafka.setRights(needed());
      await app.waitUntil('it has all rights', async () => !(await reportOf(app)).includes('lacks'));
    }
  });

  it('to create a topic that is missing', async () => {
    await kafka.setRights(needed());
    const producer = await produce();
    expect({ ...(await producer.exited), output: producer.output }).toMatchObject({ code: 1 });
    expect(producer.output).toMatch(
      new RegExp(`topic ${pipeline.topic} does not exist, and .* lacks Create on topic ${pipeline.topic}`),
    );
    expect(producer.output).toContain(`--create --topic '${pipeline.topic}' --partitions 3`);

    const consumer = await start('consumer');
    await consumer.waitUntil('it reports the right', async () => (await reportOf(consumer)).includes('lacks Create'));
    await createTopics();
    await pipeline.send([recordOf(1)]);
    await stored(1);
    await consumer.ready();
  });
});

/** All that the app says is wrong on /readyz, and the gateway on /health. */
async function reportOf(app: TestApp): Promise<string> {
  const health = app.name === 'gateway' ? await systemHealth(app) : await app.health('readyz');
  return JSON.stringify(health);
}

function textOf({ operation, resource, name, isPrefix }: DocumentedRight): string {
  return `lacks ${operation} on ${isPrefix ? `${resource}s that start with ${name}` : `${resource} ${name}`}`;
}

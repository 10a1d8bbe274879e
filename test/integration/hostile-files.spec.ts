import { lutimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { hostileFiles } from '../support/hostile/hostile-files.js';
import { peakMemory } from '../support/peak-memory.js';
import { ProducerStage } from '../support/producer-stage.js';
import type { ProducedRecord } from '../support/produced-topic.js';
import type { TestApp } from '../support/test-app.js';

jest.setTimeout(300_000);

/** Another sample: HOSTILE_SEED=7 npm run test:one -- test/integration/hostile-files.spec.ts */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 1);
const FILES = 200;
/** The memory limit of the producer's deployment, in MiB (deploy/k8s/base). */
const PRODUCER_MEMORY = 512;

const files = hostileFiles(SEED, FILES);
const shown = ({ name, kind }: { name: string; kind: string }) => `${JSON.stringify(name)} (${kind})`;

describe(`${FILES} hostile files`, () => {
  let stage: ProducerStage;
  let producer: TestApp;
  let records: ProducedRecord[];
  let memory: number;

  beforeAll(async () => {
    stage = await ProducerStage.create(1);
    const old = new Date('2021-05-08');
    for (const { name, create } of files) {
      const path = join(stage.folder, name);
      await create(path);
      // So that the first scan takes them all.
      await lutimes(path, old, old);
    }
    producer = await stage.start('--file', join(stage.folder, '*'), '--watch', '1').listening();
    const done = 'scanning for new files';
    await producer.waitUntil('the run is over', () => producer.output.includes(done), 240_000);
    memory = await peakMemory(producer.pid);
    records = await stage.topic.read();
  });

  afterAll(() => stage?.close());

  it('are sent exactly, or named with what to do', () => {
    const sent = new Set(records.filter(({ key }) => key !== null).map(({ key }) => Number(key)));
    const unparsable = new Map<string, number>();
    for (const { headers } of records.filter(({ key }) => key === null)) {
      const name = String(headers!['csv-file']);
      unparsable.set(name, (unparsable.get(name) ?? 0) + 1);
    }
    const wrong = files.flatMap((file) => {
      const { ids = [], isPrefix = false, name, error } = file;
      const found = ids.filter((id) => sent.has(id));
      const expected = isPrefix ? ids.slice(0, found.length) : ids;
      const path = join(stage.folder, name);
      const line = producer.output.split('\n').find((each) => /\bERROR\b/.test(each) && each.includes(path));
      return [
        ...(found.join() === expected.join() ? [] : [`${shown(file)}: sent ${found.join()} of ${ids.join()}`]),
        ...((unparsable.get(name) ?? 0) <= (file.unparsable ?? 0) + (isPrefix ? 1 : 0) &&
        (unparsable.get(name) ?? 0) >= (file.unparsable ?? 0)
          ? []
          : [`${shown(file)}: ${unparsable.get(name) ?? 0} lines that do not parse, not ${file.unparsable ?? 0}`]),
        ...(error === undefined
          ? line === undefined
            ? []
            : [`${shown(file)}: ${line}`]
          : line?.includes(`${error[0]}: `) && error[1].test(line)
            ? []
            : [`${shown(file)}: not ${error.join(' ')}, but ${line}`]),
      ];
    });
    expect(wrong).toEqual([]);
    const expected = new Set(files.flatMap(({ ids = [] }) => ids));
    expect([...sent].filter((id) => !expected.has(id))).toEqual([]);
    expect(sent.size).toBe(records.filter(({ key }) => key !== null).length);
  });

  it('take little memory, and the producer goes on', async () => {
    expect(producer.isRunning).toBe(true);
    expect((await producer.health('livez')).status).toBe(200);
    const refused = files.filter(({ error }) => error !== undefined);
    expect((await producer.health('readyz')).down['files']).toMatch(
      new RegExp(`\\(and ${refused.length - 1} more\\)$`),
    );
    expect(memory).toBeLessThan(PRODUCER_MEMORY);
    expect(await producer.stop()).toEqual({ code: 0, signal: null });
  });

  it('without --watch end the producer with exit code 1 before it sends anything, all of them named', async () => {
    const refused = files.filter(({ name }) => name.startsWith('refused-'));
    const before = await stage.topic.count();
    const run = stage.start('--file', join(stage.folder, 'refused-*'));
    expect(await run.exited).toEqual({ code: 1, signal: null });
    expect(run.output).toContain(`PRODUCER_FILES_REFUSED: ${refused.length} files`);
    expect(refused.filter(({ name }) => !run.output.includes(join(stage.folder, name))).map(shown)).toEqual([]);
    expect(await stage.topic.count()).toBe(before);
  });
});

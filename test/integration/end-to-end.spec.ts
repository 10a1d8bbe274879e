import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConsumerConfig } from '../../apps/consumer/src/config/consumer-config.js';
import { document, validator } from '../../tools/asyncapi/document.fixture.js';
import { BEYOND_SCHEMA } from '../../tools/asyncapi/record-schema.js';
import { generate, type GeneratorSummary } from '#sample-data/generate.js';
import { contract } from '#schema/contract.js';
import { trimAscii } from '#schema/values.js';
import type { TestApp } from '../support/test-app.js';
import { identityOf, martDifferences, quarantineDifferences, readMart, readQuarantine } from '../support/mart.js';
import { expectedOf, type Expected } from '../support/oracle.js';
import { Pipeline } from '../support/pipeline.js';

jest.setTimeout(120_000);

const ROWS = 20_000;

describe('a generated file with 5 % dirty and 5 % duplicate rows', () => {
  let folder: string;
  let summary: GeneratorSummary;
  let expected: Expected;
  let pipeline: Pipeline;
  let consumer: TestApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'end-to-end-'));
    summary = await generate({ out: folder, rows: ROWS, seed: 42, dirty: 0.05, duplicates: 0.05 });
    expected = await expectedOf(summary.files.messages, summary.files.expected);
    pipeline = await Pipeline.create({ partitions: 6 });
    // Small batches, so that versions of a message also arrive in different batches.
    consumer = await pipeline.consumer({ CONSUMER_BATCH_RECORDS: '700' });
    await pipeline.produceFile(summary.files.messages);
    await pipeline.caughtUp();
  });

  afterAll(async () => {
    await pipeline?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('contains the rows that the test needs', () => {
    expect(expected.rows).toBe(ROWS);
    expect(expected.mart.size).toBe(summary.messages);
    expect(expected.quarantine.size).toBe(summary.dirty.bad);
    expect(summary).toMatchObject({ duplicates: 1000, dirty: { bad: expect.any(Number) } });
    expect(summary.dirty.bad + summary.dirty.repaired + summary.dirty.odd).toBe(1000);
  });

  it('produces exactly the expected mart, row by row', async () => {
    expect(martDifferences(await readMart(pipeline.databaseUrl), expected.mart)).toEqual([]);
  });

  it('produces exactly the expected quarantine, with reasons and original bytes', async () => {
    const quarantine = await readQuarantine(pipeline.databaseUrl);

    expect(quarantine).toHaveLength(expected.quarantine.size);
    expect(quarantineDifferences(quarantine, expected.quarantine)).toEqual([]);
  });

  it('counts every record once', async () => {
    const metrics = await consumer.metrics();
    const count = (name: string) => metrics.get(name) ?? 0;

    expect(count('messages_consumed_total')).toBe(ROWS);
    expect(count('messages_stored_total{result="inserted"}')).toBe(expected.mart.size);
    expect(
      count('messages_stored_total{result="inserted"}') +
        count('messages_stored_total{result="updated"}') +
        count('messages_unchanged_total') +
        expected.quarantine.size,
    ).toBe(ROWS);
    expect(count('messages_stored_total{result="updated"}')).toBeGreaterThan(0);
    expect(countsBy('messages_quarantined_total', 'reason', metrics)).toEqual(distinctReasons(expected.quarantine));
  });

  describe('is produced to topics that docs/asyncapi.yaml describes:', () => {
    it('a record fits the schema unless it is rejected for a reason that the schema can express', async () => {
      const [ofRecord, ofLine] = [validator('record', 'headers'), validator('unparsableLine', 'headers')];
      const fits = validator('record', 'payload');
      const wrong: string[] = [];
      const seen = { fitting: 0, refused: 0, lines: 0, unread: 0 };
      for (const { key, value, headers } of await pipeline.readTopic()) {
        const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]));
        const reasons = expected.quarantine.get(identityOf(value!, texts['csv-line'])) ?? '';
        if (reasons === 'record unparsable_line') {
          expect({ key, headers: ofLine(texts), names: Object.keys(texts).sort() }).toEqual(MARKED_LINE);
          seen.lines++;
          continue;
        }
        const payload = JSON.parse(value!.toString()) as { readonly id?: string };
        const id = trimAscii(payload.id ?? '');
        if (!ofRecord(texts) || String(key ?? '') !== id) wrong.push(`headers or key of ${id}`);
        // The consumer does not parse it, so it may also be wrong in other ways.
        if (reasons === 'record too_large') {
          seen.unread++;
          continue;
        }
        const fitting = fits(payload);
        if (fitting !== isBeyondSchema(reasons)) wrong.push(`${id} with the reasons "${reasons}"`);
        seen[fitting ? 'fitting' : 'refused']++;
      }
      expect(wrong).toEqual([]);
      expect(Object.values(seen).reduce((sum, count) => sum + count)).toBe(ROWS);
      for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
    });

    it('positions fit their schema', async () => {
      const fits = validator('position', 'payload');
      const positions = await pipeline.readTopic(`${pipeline.topic}_positions`);
      const { messages } = summary.files;

      expect(positions.length).toBeGreaterThan(0);
      for (const { key, value } of positions) {
        expect(JSON.parse(String(key))).toEqual([pipeline.topic, messages]);
        fits(JSON.parse(String(value)));
        expect(fits.errors).toBeNull();
      }
    });

    it('the document names the group of the consumer', () => {
      const { CONSUMER_GROUP_ID } = readConsumerConfig([], { DATABASE_URL: pipeline.databaseUrl });

      expect(document.operations.consumeMessages.bindings?.kafka.groupId.default).toBe(CONSUMER_GROUP_ID);
    });

    it.each(['messages', 'positions'] as const)('the topic of %s has the documented settings', async (channel) => {
      const { address, bindings } = document.channels[channel];
      const settings = await pipeline.topicSettings(address.replace(contract.topic, pipeline.topic));

      for (const [name, value] of Object.entries(bindings.kafka.topicConfiguration)) {
        expect([name, settings.get(name)]).toEqual([name, String(value)]);
      }
    });
  });
});

const MARKED_LINE = { key: null, headers: true, names: ['csv-error', 'csv-file', 'csv-line'] };

/** Whether the schema can express none of these reasons, which are in the form of reasonsText. */
function isBeyondSchema(reasons: string): boolean {
  return reasons.split(', ').every((each) => each === '' || each.split(' ')[1]! in BEYOND_SCHEMA);
}

/** Nonzero samples of a metric, by the value of the label. */
function countsBy(name: string, label: string, metrics: ReadonlyMap<string, number>): Record<string, number> {
  const prefix = `${name}{${label}="`;
  const samples = [...metrics].filter(([sample, value]) => sample.startsWith(prefix) && value > 0);
  return Object.fromEntries(samples.map(([sample, value]) => [sample.slice(prefix.length, -2), value]));
}

/** For each reason, the number of records that have it at least once. */
function distinctReasons(quarantine: ReadonlyMap<string, string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const text of quarantine.values()) {
    const reasons = new Set(text.split(', ').map((reason) => reason.split(' ')[1]!));
    for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

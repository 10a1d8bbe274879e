import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { clean } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { contract } from '#schema/contract.js';
import { hostileRecord, type HostileRecord } from '../support/hostile/hostile-records.js';
import { ledgerDifferences } from '../support/ledger.js';
import { martDifferences, martLine, readMart, readQuarantine } from '../support/mart.js';
import { peakMemory } from '../support/peak-memory.js';
import { Pipeline } from '../support/pipeline.js';
import { lineOf, recordOf } from '../support/records.js';
import { RestGateway, TOKEN, WITH_TOKEN } from '../support/rest-gateway.js';
import type { TestApp } from '../support/test-app.js';

jest.setTimeout(300_000);

/** Another sample: HOSTILE_SEED=7 npm run test:one -- test/integration/hostile-records.spec.ts */
const SEED = Number(process.env['HOSTILE_SEED'] ?? 1);
const RECORDS = 10_000;
const PARTITIONS = 3;
/** The memory limits of the deployments, in MiB (deploy/k8s/base). */
const CONSUMER_MEMORY = 768;
/** An id that no hostile record has. */
const GOOD_ID = 4_000_000_000_000;

interface Sent extends HostileRecord {
  readonly number: number;
  readonly partition: number;
  readonly offset: number;
}

describe(`${RECORDS} hostile records`, () => {
  let pipeline: Pipeline;
  let consumer: TestApp;
  let pid: number;
  const sent: Sent[] = [];
  const ends = new Array<number>(PARTITIONS).fill(0);

  beforeAll(async () => {
    pipeline = await Pipeline.create({ partitions: PARTITIONS });
    await pipeline.createTopic({
      configEntries: [{ name: 'message.timestamp.after.max.ms', value: '9223372036854775807' }],
    });
    // Most of the records are bad.
    consumer = await pipeline.consumer({ CONSUMER_BREAKER_SHARE: '1' });
    ({ pid } = consumer);
    for (let number = 0; number < RECORDS; number++) {
      const partition = number % PARTITIONS;
      sent.push({ ...hostileRecord(SEED, number), number, partition, offset: ends[partition]!++ });
    }
    await pipeline.sendInBatches(sent);
    await pipeline.caughtUp({ deadlineMs: 120_000 });
  });

  afterAll(() => pipeline?.close());

  const show = ({ number, family }: Sent) => `record ${number} of seed ${SEED} (${family})`;

  it('are each in the mart, in quarantine or a tombstone, and each is counted', async () => {
    const versions = new Map<string, string[]>();
    const rejected = new Map<string, Sent[]>();
    let [rows, tombstones] = [0, 0];
    for (const record of sent) {
      const cleaned = clean(record.value, contract.record.unparsableHeader in record.headers);
      if (cleaned.kind === 'row') {
        rows++;
        add(versions, cleaned.values[positionOf('id')]!, martLine(cleaned.values));
      } else if (cleaned.kind === 'rejected') add(rejected, identityOf(record), record);
      else tombstones++;
    }

    const mart = await readMart(pipeline.databaseUrl);
    // Of equal versions in different partitions, either may be first.
    const newest = [...versions].map(([id, lines]): [string, string] => {
      const candidates = lines.filter((line) => versionIn(line) === lines.map(versionIn).sort().at(-1));
      return [id, candidates.find((line) => line === mart.get(id)) ?? candidates[0]!];
    });
    expect(martDifferences(mart, new Map(newest))).toEqual([]);

    const entries = new Map(
      (await readQuarantine(pipeline.databaseUrl)).map((entry) => [`${entry.partition}:${entry.offset}`, entry]),
    );
    // A record that is sent again is quarantined once.
    const missing = [...rejected.values()].filter((same) => {
      const entry = same.map(({ partition, offset }) => entries.get(`${partition}:${offset}`)).find(Boolean);
      return !entry || !equal(entry.key, same[0]!.key) || !equal(entry.value, same[0]!.value);
    });
    expect(missing.map(([first]) => show(first!))).toEqual([]);
    expect(entries.size).toBe(rejected.size);

    // On a busy machine the group may rebalance; then some records are read again and count as unchanged.
    const metrics = await consumer.metrics();
    const [inserted = 0, updated = 0] = ['inserted', 'updated'].map((result) =>
      metrics.get(`messages_stored_total{result="${result}"}`),
    );
    expect(inserted).toBe(mart.size);
    expect(inserted + updated + metrics.get('messages_unchanged_total')!).toBeGreaterThanOrEqual(rows);
    expect(metrics.get('messages_tombstones_total')).toBeGreaterThanOrEqual(tombstones);
    expect(metrics.get('messages_consumed_total')).toBeGreaterThanOrEqual(RECORDS);
    expect(rows + tombstones + [...rejected.values()].flat().length).toBe(RECORDS);
    expect(await ledgerDifferences(pipeline.databaseUrl)).toEqual([]);
  });

  it('neither end the consumer nor use up its memory, and it goes on', async () => {
    await pipeline.send([{ ...recordOf(GOOD_ID), partition: 0 }]);
    await pipeline.caughtUp();
    expect((await readMart(pipeline.databaseUrl)).get(String(GOOD_ID))).toBe(lineOf(GOOD_ID));
    expect([consumer.isRunning, consumer.pid]).toEqual([true, pid]);
    expect((await consumer.health('readyz')).status).toBe(200);
    expect(await peakMemory(pid)).toBeLessThan(CONSUMER_MEMORY);
  });

  it('are returned by the gateway, all in the list and each with its bytes', async () => {
    const gateway = await RestGateway.start(pipeline.databaseUrl, { GATEWAY_API_TOKEN: TOKEN });
    try {
      await gateway.ready();
      const entries = await readQuarantine(pipeline.databaseUrl);
      const listed: string[] = [];
      let largest = 0;
      for (let path: string | null = '/api/v1/quarantine?limit=1000'; path !== null;) {
        const response = await gateway.get(path);
        expect(response.status).toBe(200);
        const text = await response.text();
        largest = Math.max(largest, text.length);
        const page = JSON.parse(text) as { data: { partition: number; offset: number }[]; next: string | null };
        listed.push(...page.data.map(({ partition, offset }) => `${partition}:${offset}`));
        path = page.next;
      }
      expect(listed.sort()).toEqual(entries.map(({ partition, offset }) => `${partition}:${offset}`).sort());
      // The list is for everybody, and must stay small whatever a producer has put into the headers.
      expect(largest).toBeLessThan(2 * 1024 * 1024);

      const bySize = [...entries].sort((a, b) => (b.value?.length ?? 0) - (a.value?.length ?? 0));
      for (const [i, { topic, partition, offset, key, value }] of bySize.entries()) {
        if (i > 20 && i % 50 !== 0 && (key?.length ?? 0) < 1_000) continue;
        const response = await gateway.get(`quarantine/${topic}/${partition}/${offset}`, WITH_TOKEN);
        expect(response.status).toBe(200);
        const { data } = (await response.json()) as { data: Record<'key' | 'value', { base64: string } | null> };
        expect([data.key?.base64, data.value?.base64].map(hashOf)).toEqual(
          [key?.toString('base64'), value?.toString('base64')].map(hashOf),
        );
      }
    } finally {
      await gateway.close();
    }
  });
});

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

function versionIn(line: string): string {
  return line.split('\t')[positionOf(contract.versionColumn)]!;
}

/** Two rejected records are the same if key, value and headers are. */
function identityOf({ key, value, headers }: HostileRecord): string {
  const pairs = Object.entries(headers).map(([name, values]) => [
    name,
    [values].flat().map((each) => Buffer.from(each!).toString('base64')),
  ]);
  return hashOf([key?.toString('base64'), value?.toString('base64'), JSON.stringify(pairs)].join()) ?? '';
}

function hashOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : createHash('sha256').update(text).digest('hex');
}

function equal(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

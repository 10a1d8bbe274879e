import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import type { PipelineHistory } from '../../apps/gateway/src/pipeline/pipeline-history.js';
import type { PipelineState } from '../../apps/gateway/src/pipeline/pipeline-state.js';
import { pipelineEvents } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import type { TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const ROWS = 3000;

let pipeline: Pipeline;
let folder: string;
let gateway: TestApp;
let consumer: TestApp;

const count = async (what: string) =>
  (await query<{ n: number }>(pipeline.databaseUrl, `SELECT count(*)::integer AS n FROM ${what}`))[0]!.n;

/** The first state of the stream that is accepted. */
async function reached(what: string, accept: (state: PipelineState) => boolean): Promise<PipelineState> {
  const timeout = AbortSignal.timeout(30_000);
  let last: PipelineState | undefined;
  for await (const state of pipelineEvents(gateway)) {
    last = state;
    if (accept(state)) return state;
    if (timeout.aborted) break;
  }
  throw new Error(`not reached: ${what}\nlast: ${JSON.stringify(last)}`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gateway-pipeline-'));
  pipeline = await Pipeline.create();
  gateway = await pipeline.start('gateway');
  consumer = await pipeline.consumer();
  const { files } = await generate({ out: folder, rows: ROWS, seed: 6, dirty: 0.05, duplicates: 0 });
  await pipeline.produceFile(files.messages);
  await pipeline.caughtUp();
});

afterAll(async () => {
  await pipeline?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the state of the pipeline', () => {
  it('accounts for every line once nothing moves', async () => {
    const { accounts, producer, rejections, lag, latency, components, version } = await reached(
      'the counts are compared, and the rejections read',
      (state) => !['unknown', 'running'].includes(state.accounts.verdict) && (state.rejections?.records ?? 0) > 0,
    );

    const [stored, quarantined] = await Promise.all([count('messages'), count('quarantined_messages')]);
    expect(quarantined).toBeGreaterThan(0);
    expect(accounts).toEqual({
      ...{ verdict: 'complete', records: ROWS, lines: ROWS, waiting: 0, stored, quarantined, skipped: 0, others: 0 },
    });
    expect(producer).toMatchObject({ done: true, files_done: 1, files_open: 0, current: null });
    expect(lag).toMatchObject({ records: 0, seconds: 0, clear_seconds: 0 });
    expect(version).toMatch(/^\d+\.\d+/);
    expect(components.kafka).toMatchObject({ status: 'up', runbook: null });
    expect(Date.parse(String(components.mart.answered_at))).toBeGreaterThan(Date.now() - 10_000);

    const reasons = await query<{ reason: string; column: string | null; records: number }>(
      pipeline.databaseUrl,
      `SELECT each ->> 'reason' AS reason, each ->> 'column' AS "column", count(*)::integer AS records
       FROM quarantined_messages, jsonb_array_elements(reasons) AS each GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2 LIMIT 20`,
    );
    expect(rejections).toMatchObject({ records: quarantined, is_capped: false, window_seconds: 3600 });
    const byName = (a: { reason: string; column: string | null }, b: { reason: string; column: string | null }) =>
      `${a.reason} ${a.column}`.localeCompare(`${b.reason} ${b.column}`);
    expect([...rejections!.reasons].sort(byName)).toEqual(reasons.sort(byName));

    expect(latency).toMatchObject({ unknown: null, window_seconds: 60 });
    expect(latency.records).toBeGreaterThan(0);
    expect(latency.records).toBeLessThanOrEqual(ROWS);
    expect(latency.p50_seconds).toBeGreaterThanOrEqual(0);
    expect(latency.p99_seconds).toBeGreaterThanOrEqual(latency.p50_seconds!);
    expect(latency.p99_seconds).toBeLessThan(60);
  });

  it('shows a commit within a second', async () => {
    let shown = 0;
    let rows = 0;
    let arrived = () => undefined as void;
    let isDone = false;
    const reading = (async () => {
      for await (const state of pipelineEvents(gateway)) {
        if (isDone) return;
        if (state.stages.stored.count !== rows) {
          rows = state.stages.stored.count!;
          shown = Date.now();
          arrived();
        }
      }
    })();
    await new Promise<void>((resolve) => (arrived = resolve));

    const delays: number[] = [];
    for (let i = 0; i < 20; i++) {
      const seen = new Promise<void>((resolve) => (arrived = resolve));
      // Written directly, so that the time of the commit is known.
      await query(
        pipeline.databaseUrl,
        `INSERT INTO messages SELECT copy.* FROM (SELECT m AS row FROM messages AS m LIMIT 1) AS one,
           jsonb_populate_record(one.row, '{"id": ${9_000_000 + i}}') AS copy`,
      );
      const committed = Date.now();
      await seen;
      delays.push(shown - committed);
    }
    isDone = true;
    await reading;
    await query(pipeline.databaseUrl, 'DELETE FROM messages WHERE id >= 9000000');
    // Two of the twenty may meet a pause of a busy machine.
    expect(delays.sort((one, other) => one - other)[17]).toBeLessThan(1000);
  });

  it('measures the time from Kafka to the mart', async () => {
    const before = await reached('the latency is known', ({ latency }) => latency.p50_seconds !== null);
    // Records that are two minutes old when they are sent.
    const timestamp = String(Date.now() - 120_000);
    await pipeline.send(numbers(20 * ROWS).map((id) => ({ ...recordOf(1_000_000 + id), timestamp })));
    const { latency } = await reached(
      'most records took two minutes',
      ({ latency: { p50_seconds: p50, at } }) => p50! > 60 && at !== before.latency.at,
    );

    expect(latency.p50_seconds).toBeGreaterThan(100);
    // On a busy machine, they take longer.
    const oldest = (Date.now() - Number(timestamp)) / 1000;
    expect(latency.p50_seconds).toBeLessThan(80 + oldest);
    expect(latency.p99_seconds).toBeGreaterThanOrEqual(latency.p50_seconds!);

    // Clocks differ: a record from the future took no time, and never a negative one.
    const future = String(Date.now() + 60_000);
    await pipeline.send(numbers(30).map((id) => ({ ...recordOf(2_000_000 + id), timestamp: future })));
    const after = await reached(
      'they are counted',
      ({ latency: { at, records } }) => at !== latency.at || records !== latency.records,
    );
    expect(after.latency.p50_seconds).toBeGreaterThanOrEqual(0);
  });

  it('says how many records made no row of their own', async () => {
    await pipeline.caughtUp();
    await pipeline.send(numbers(40).map((id) => recordOf(1_000_000 + id)));
    await pipeline.caughtUp();
    const { accounts } = await reached('the repeats are counted', ({ accounts: { verdict } }) => verdict === 'repeats');

    expect(accounts.others).toBe(40);
    expect(accounts.records! - accounts.stored! - accounts.quarantined!).toBe(40);
  });

  it('says whether the lag grows, and names the runbook', async () => {
    await consumer.kill();
    const sending = setInterval(() => void pipeline.send(numbers(100).map((id) => recordOf(3_000_000 + id))), 500);
    let growing: PipelineState;
    try {
      growing = await reached(
        'the lag grows',
        ({ lag, parts }) => parts.consumer_group === 'down' && (lag.records_per_second ?? 0) > 0,
      );
    } finally {
      clearInterval(sending);
    }
    expect(growing.lag.clear_seconds).toBeNull();
    expect(growing.accounts.verdict).toBe('running');
    expect(growing.components.consumer_group).toMatchObject({
      status: 'down',
      message: expect.stringMatching(/has no members/),
      action: expect.stringMatching(/Start a consumer/),
      runbook: 'ConsumerDead',
    });

    await pipeline.consumer();
    await pipeline.caughtUp();
    const { lag } = await reached('nothing waits', (state) => state.lag.records === 0);
    expect(lag.clear_seconds).toBe(0);
    expect(lag.partitions.map(({ clear_seconds: seconds }) => seconds)).toEqual([0, 0, 0]);
  });

  it('begins each stream with the last five minutes', async () => {
    let history: PipelineHistory | undefined;
    const stream = pipelineEvents(gateway, (event) => (history = event));
    const { value: state } = (await stream.next()) as { value: PipelineState };
    await stream.return(undefined);

    const { times, rates, lag, latency } = history!;
    expect(times.length).toBeGreaterThan(5);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times.at(-1)).toBeLessThanOrEqual(Date.parse(String(state.at)));
    const columns = [...Object.values(rates), ...Object.values(lag), ...Object.values(latency)];
    expect(columns.map(({ length }) => length)).toEqual(columns.map(() => times.length));
    expect(Math.max(...rates.stored.map((rate) => rate ?? 0))).toBeGreaterThan(0);
    expect(lag.records.some((records) => records! > 0)).toBe(true);
    expect(latency.p99_seconds.some((seconds) => seconds !== null)).toBe(true);
  });
});

describe('a mart that an older version created', () => {
  beforeAll(async () => {
    await query(
      pipeline.databaseUrl,
      `ALTER TABLE consumer_positions DROP COLUMN latency_since, DROP COLUMN latency_counts`,
    );
  });

  it('has no latency, and the consumer writes its positions all the same', async () => {
    const fresh = await pipeline.start('gateway');
    const another = await pipeline.consumer();
    await pipeline.send(numbers(50).map((id) => recordOf(5_000_000 + id)));
    await pipeline.caughtUp();

    const [{ value: state }] = [await nextWith(fresh, ({ mart }) => mart.rows !== null)];
    expect(state.latency).toMatchObject({ p50_seconds: null, p99_seconds: null, unknown: 'old_mart' });
    expect(state.parts.mart).toBe('up');
    expect(await count(`messages WHERE id BETWEEN 5000000 AND 5000049`)).toBe(50);
    const [{ next }] = (await query<{ next: number }>(
      pipeline.databaseUrl,
      'SELECT sum(next_offset)::float8 AS next FROM consumer_positions',
    )) as [{ next: number }];
    expect(next).toBe(await pipeline.recordsInTopic());
    expect(another.isRunning).toBe(true);
  });

  async function nextWith(app: TestApp, accept: (state: PipelineState) => boolean): Promise<{ value: PipelineState }> {
    for await (const state of pipelineEvents(app)) if (accept(state)) return { value: state };
    throw new Error('the stream ended');
  }
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '#sample-data/generate.js';
import type { TestApp } from '../support/test-app.js';
import { pipelineEvents, systemHealth, type SystemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { Pipeline } from '../support/pipeline.js';
import { numbers, recordOf } from '../support/records.js';
import { createTestDatabase } from '../support/test-database.js';

jest.setTimeout(120_000);

const ROWS = 3_000;
const MORE = 500;

function reaches(gateway: TestApp, what: string, accept: (health: SystemHealth) => boolean): Promise<SystemHealth> {
  let last: SystemHealth | undefined;
  return gateway
    .waitUntil(what, async () => {
      last = await systemHealth(gateway);
      return accept(last) ? last : undefined;
    })
    .catch((error: Error) => {
      error.message += `\nlast answer: ${JSON.stringify(last)}`;
      throw error;
    });
}

describe('the health of the whole pipeline, from before the topic exists', () => {
  let pipeline: Pipeline;
  let folder: string;
  let gateway: TestApp;
  let consumer: TestApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gateway-health-'));
    pipeline = await Pipeline.create();
    gateway = await pipeline.start('gateway');
  });

  afterAll(async () => {
    await pipeline?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('says what is missing at the first start, and that this is no outage', async () => {
    const health = await reaches(gateway, 'all components have answered', ({ overall }) => overall === 'degraded');

    expect(health.status).toBe(200);
    expect(health.parts).toMatchObject({
      kafka: {
        status: 'degraded',
        message: `topic ${pipeline.topic} does not exist`,
        action: expect.stringMatching(/KAFKA_TOPIC/),
      },
      consumer_group: { status: 'degraded' },
      producer: { status: 'up', absent: true },
      postgresql: { status: 'up', pending_migrations: [], mart_is_current: true },
      mart: { status: 'up', rows: 0, changed_at: null, quarantined: 0, ledger_pending: 0 },
      spark: { status: 'up', absent: true },
    });
    // Components look for the topic again and again, but nobody needs it yet.
    const warnings = gateway.output.match(/WARN .*does not host this topic-partition/g) ?? [];
    expect(warnings.length).toBeLessThanOrEqual(1);
  });

  it('reports exact values for every component after a file was processed', async () => {
    consumer = await pipeline.consumer({ CONSUMER_SESSION_TIMEOUT_MS: '6000' });
    const { files } = await generate({ out: folder, rows: ROWS, seed: 6, dirty: 0.05, duplicates: 0.05 });
    await pipeline.produceFile(files.messages);
    await pipeline.caughtUp();
    const [mart] = await query<{ rows: number; quarantined: number }>(
      pipeline.databaseUrl,
      'SELECT (SELECT count(*) FROM messages)::integer AS rows, (SELECT count(*) FROM quarantined_messages)::integer AS quarantined',
    );
    const health = await reaches(
      gateway,
      'every component is up and current',
      ({ overall, parts }) =>
        overall === 'ok' &&
        parts.consumer_group['consumed'] === ROWS &&
        parts.producer['rows'] === ROWS &&
        parts.mart['rows'] === mart!.rows &&
        parts.mart['ledger_pending'] === 0,
    );

    const { kafka, consumer_group: group, producer, postgresql } = health.parts;
    expect(kafka).toMatchObject({ topic: pipeline.topic, produced: ROWS, under_replicated: 0 });
    expect(kafka['brokers']).toEqual([expect.objectContaining({ address: process.env['KAFKA_BROKERS'] })]);
    expect(group).toMatchObject({ group: pipeline.group, state: 'Stable', lag: 0, seconds_behind: 0 });
    expect((group['members'] as { partitions: number[] }[]).flatMap(({ partitions }) => partitions).sort()).toEqual([
      0, 1, 2,
    ]);
    expect(producer).toMatchObject({
      records: ROWS,
      rows: ROWS,
      files: [{ file: 'messages.csv', rows: ROWS, done: true }],
    });
    expect(health.parts.mart).toMatchObject({ quarantined: mart!.quarantined });
    expect(mart!.quarantined).toBeGreaterThan(0);
    expect(postgresql['size_bytes']).toBeGreaterThan(1e6);
    expect(postgresql['connections']).toBeLessThan(postgresql['connections_limit'] as number);
  });

  it('reports the same values as metrics', async () => {
    const metrics = await gateway.metrics();
    const { topic, group } = pipeline;

    const sumOf = (name: string) =>
      [...metrics].filter(([series]) => series.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0);
    expect(metrics.get(`kafka_consumergroup_lag_sum{consumergroup="${group}",topic="${topic}"}`)).toBe(0);
    expect(metrics.get(`kafka_consumergroup_lag{consumergroup="${group}",topic="${topic}",partition="2"}`)).toBe(0);
    expect(metrics.get(`kafka_consumergroup_members{consumergroup="${group}"}`)).toBe(1);
    expect(sumOf('kafka_consumergroup_current_offset')).toBe(ROWS);
    expect(sumOf('kafka_topic_partition_current_offset')).toBe(ROWS);
    expect(metrics.get('messages_source_files{state="done"}')).toBe(1);
    expect(metrics.get('messages_part_up{part="mart"}')).toBe(1);
    expect([...metrics.keys()].filter((series) => series.includes('part="spark"'))).toEqual([]);
    expect(
      metrics.get('http_server_request_duration_seconds_count{method="GET",route="/health",status="200"}'),
    ).toBeGreaterThan(0);
  });

  it('reports a group without consumers, since when and its lag, and its recovery', async () => {
    const before = (await systemHealth(gateway)).parts.consumer_group;
    await consumer.kill();
    await pipeline.send(numbers(MORE).map((id) => recordOf(1_000_000 + id)));
    const health = await reaches(
      gateway,
      'the group is down',
      ({
        parts: {
          consumer_group: { status, seconds_behind: behind },
        },
      }) => status === 'down' && Number(behind) >= 2,
    );

    expect(health.status).toBe(503);
    const group = health.parts.consumer_group;
    expect(group).toMatchObject({
      members: [],
      lag: MORE,
      message: `the group ${pipeline.group} has no members, ${MORE} records are waiting`,
    });
    expect(group.action).toMatch(/Start a consumer/);
    expect(Date.parse(group.since)).toBeGreaterThan(Date.parse(before.since));
    expect(health.parts.kafka.status).toBe('up');

    // A later test sends a flood of bad records.
    await pipeline.consumer({ CONSUMER_BREAKER_SHARE: '1' });
    const after = await reaches(gateway, 'everything is healthy again', ({ overall }) => overall === 'ok');
    expect(Date.parse(after.parts.consumer_group.since)).toBeGreaterThan(Date.parse(group.since));
  });

  it('streams the state of the pipeline when it changes, at most twice a second', async () => {
    const states = [];
    for await (const state of pipelineEvents(gateway)) {
      states.push(state);
      // Twice, so that an event in flight while they are sent does not matter.
      if (states.length < 3)
        await pipeline.send(numbers(MORE).map((id) => recordOf(2_000_000 + MORE * states.length + id)));
      if (states.length === 5) break;
    }

    const times = states.map(({ at }) => Date.parse(String(at)));
    const commits = states.map(({ stages, mart }) =>
      JSON.stringify([stages.stored.count, stages.quarantined.count, mart.changed_at]),
    );
    // A commit waits for the last one only, other news for any event. Timers may fire a moment early.
    for (let i = 1, lastCommit = -Infinity; i < states.length; i++) {
      const isCommit = commits[i] !== commits[i - 1];
      expect(times[i]! - (isCommit ? lastCommit : times[i - 1]!)).toBeGreaterThan(450);
      if (isCommit) lastCommit = times[i]!;
    }
    expect(times.at(-1)! - times[0]!).toBeLessThan(6_000);
    const produced = states.map(({ stages }) => stages.produced.count!);
    expect(produced).toEqual([...produced].sort((one, other) => one - other));
    expect(states.at(-1)).toMatchObject({
      topic: pipeline.topic,
      parts: { kafka: 'up', consumer_group: 'up', postgresql: 'up', mart: 'up', spark: 'absent' },
    });
    const rest = (await (await fetch(`${gateway.url}/api/v1/pipeline`)).json()) as Record<string, unknown>;
    expect(Object.keys(rest)).toEqual(Object.keys(states[0]!));
  });

  it('reports that most incoming records are rejected, with the reason and a link', async () => {
    await pipeline.send(numbers(3 * MORE).map((id) => ({ key: String(id), value: 'no message' })));
    const { status, parts } = await reaches(
      gateway,
      'the mart is degraded',
      ({ parts: { mart } }) => mart.status === 'degraded',
    );

    expect(status).toBe(200);
    expect(parts.mart).toMatchObject({
      message: expect.stringMatching(/^\d+ of the latest \d+ records were rejected at .*Z, most for not_json$/),
      action: expect.stringContaining('docs/runbook.md#quarantineratehigh'),
    });
  });

  it('ends its event streams at shutdown, in time', async () => {
    const stream = pipelineEvents(gateway);
    await stream.next();
    const began = performance.now();
    const exit = gateway.stop();
    while (!(await stream.next()).done);

    expect(await exit).toEqual({ code: 0, signal: null });
    expect(performance.now() - began).toBeLessThan(8_000);
  });
});

describe('a gateway that has just started', () => {
  let pipeline: Pipeline;

  afterAll(() => pipeline?.close());

  it('reads the age of the lag from Kafka, limits event streams, and reports missing migrations', async () => {
    const database = await createTestDatabase();
    pipeline = await Pipeline.create({ database });
    await pipeline.createTopic();
    const timestamp = String(Date.now() - 600_000);
    await pipeline.send(numbers(9).map((id) => ({ ...recordOf(id), partition: id % 3, timestamp })));
    const gateway = await pipeline.start('gateway', { env: { GATEWAY_EVENT_STREAMS: '1' } });

    const health = await reaches(
      gateway,
      'the age is known, and the database was probed',
      ({ parts }) =>
        Number(parts.consumer_group['seconds_behind']) > 0 &&
        parts.postgresql.status !== 'down' &&
        parts.mart.message !== 'not connected yet',
    );
    // It reads from Kafka the offsets of 5 and 15 minutes ago.
    expect(health.parts.consumer_group['seconds_behind']).toBeGreaterThanOrEqual(300);
    expect(health.parts.consumer_group['seconds_behind']).toBeLessThanOrEqual(905);
    expect(health.parts.postgresql).toMatchObject({
      status: 'degraded',
      message: expect.stringMatching(/^migrations are missing: CreateTables/),
    });
    expect(health.parts.mart).toMatchObject({
      status: 'down',
      message: expect.stringMatching(/mart.freshness/),
      action: expect.stringMatching(/mart-init/),
    });

    const stream = pipelineEvents(gateway);
    await stream.next();
    const second = await fetch(`${gateway.url}/api/v1/pipeline/events`);
    expect(second.status).toBe(503);
    expect(await second.text()).toMatch(/too-many-streams.*All 1 event streams are in use/);
    await stream.return(undefined);
  });
});

import { rename, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { runTool } from '../../dev/services/run-tool.js';
import type { TestApp } from '../support/test-app.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { holding, isWriteWaiting } from '../support/locks.js';
import { query } from '../support/mart-database.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

const ROWS = 75_000;
/** Slow enough for the file to last through all outages, even on a busy machine. */
const ROWS_PER_SECOND = 750;
const OUTAGE_MS = 30_000;
/** Rows that must be committed between two outages, so that each outage interrupts a running stream. */
const ROWS_BETWEEN = 2_000;
/** The apps wait at most 10 s between two attempts. */
const RECOVERY_MS = 40_000;
const REQUEST_ROWS = 500;

describe('producer, consumer and gateway, while servers are down', () => {
  let stage: ChaosStage;
  let producer: TestApp;
  let consumer: TestApp;
  /** Folds the ledger throughout. */
  let gateway: TestApp;
  /** PostgreSQL's data folder. */
  let data: string;

  beforeAll(async () => {
    stage = await setStage('outages', ROWS);
    const { pipeline, file } = stage;
    consumer = await pipeline.consumer();
    gateway = await pipeline.start('gateway');
    producer = await pipeline.start('producer', {
      args: ['--file', file, '--rate', String(ROWS_PER_SECOND)],
      env: { PRODUCER_BATCH_ROWS: String(REQUEST_ROWS) },
    });
    await untilStreaming();
    const [{ folder }] = (await query<{ folder: string }>(
      stage.postgres.superuserUrl,
      `SELECT current_setting('data_directory') AS folder`,
    )) as [{ folder: string }];
    data = folder;
  });

  afterAll(async () => {
    await stage?.close();
    if (data) await rm(`${data}.standby`, { recursive: true, force: true });
  });

  /** Waits until more rows are committed. Fails if the producer has reached the end of the file, since nothing streams then. */
  async function untilStreaming(): Promise<void> {
    const before = await waitUntil('Kafka answers', () => stage.pipeline.committed());
    const hasAdvanced = async () => (await stage.pipeline.committed()) >= before + ROWS_BETWEEN;
    await consumer.waitUntil(`${ROWS_BETWEEN} more rows are committed`, hasAdvanced, RECOVERY_MS);
    expect(producer.isRunning).toBe(true);
  }

  it('recover after PostgreSQL was stopped for 30 s; the consumer reports the outage', async () => {
    await stage.postgres.stop();
    const over = performance.now() + OUTAGE_MS;
    await rm(`${data}.standby`, { recursive: true, force: true });
    expect(await runTool('cp', ['-a', data, `${data}.standby`])).toMatchObject({ exitCode: 0 });
    const notReady = async () => (await consumer.health('readyz')).status === 503;
    await consumer.waitUntil('the consumer is not ready', notReady);
    const produced = await stage.pipeline.recordsInTopic();
    const seen = await readinessUntil(over, consumer);

    expect(seen.statuses).toEqual([503]);
    expect(seen.reasons['postgresql']).toMatch(/ECONNREFUSED|terminat|timeout/i);
    expect(seen.reasons['mart']).toMatch(/(nothing|one batch not) written since/);
    expect((await consumer.health('livez')).status).toBe(200);
    expect((await producer.health('readyz')).status).toBe(200);
    expect(await stage.pipeline.recordsInTopic()).toBeGreaterThan(produced);

    await stage.postgres.start();
    await consumer.ready(RECOVERY_MS);
    await untilStreaming();
  });

  it('recover after Kafka was stopped for 30 s; producer and consumer report the outage', async () => {
    await stage.kafka.stop();
    const over = performance.now() + OUTAGE_MS;
    const notReady = async () => {
      const answers = await Promise.all([consumer.health('readyz'), producer.health('readyz')]);
      return answers.every(({ status }) => status === 503);
    };
    await consumer.waitUntil('neither is ready', notReady);
    const [consumerReadiness, producerReadiness] = await Promise.all([
      readinessUntil(over, consumer),
      readinessUntil(over, producer),
    ]);

    expect(consumerReadiness.statuses).toEqual([503]);
    expect(consumerReadiness.reasons['kafka']).toMatch(/connect|timed? ?out|exceeded/i);
    expect(consumerReadiness.reasons['consumer-group']).toMatch(/\w/);
    expect(consumerReadiness.reasons['postgresql']).toBeUndefined();
    expect(producerReadiness.statuses).toEqual([503]);
    expect(producerReadiness.reasons['kafka']).toMatch(/connect|timed? ?out|exceeded/i);
    expect(producerReadiness.reasons['delivery']).toMatch(/no acknowledgement for \d+ s/);
    expect((await consumer.health('livez')).status).toBe(200);
    expect((await producer.health('livez')).status).toBe(200);

    await stage.kafka.start();
    await consumer.ready(RECOVERY_MS);
    await producer.ready(RECOVERY_MS);
    await untilStreaming();
  });

  it('recover after PostgreSQL was killed and restarted', async () => {
    await stage.postgres.kill();
    await stage.postgres.start();
    await consumer.ready(RECOVERY_MS);
    const folded = (await gateway.metrics()).get('messages_ledger_folded_total')!;
    await gateway.waitUntil(
      'the gateway folds again',
      async () => ((await gateway.metrics()).get('messages_ledger_folded_total') ?? 0) > folded,
      RECOVERY_MS,
    );
    await untilStreaming();
  });

  it('recover after a failover to a server that lacks the last transactions; the consumer reports it', async () => {
    const rewinds = async () =>
      (await consumer.metrics()).get('messages_rewinds_total{reason="database_set_back"}') ?? 0;
    expect(await rewinds()).toBe(0);
    // A batch is written, its position is not.
    const { databaseUrl } = stage.pipeline;
    const release = await holding(databaseUrl, 'BEGIN; LOCK TABLE consumer_positions IN EXCLUSIVE MODE');
    await waitUntil('a position waits for the lock', () => isWriteWaiting(databaseUrl, 'consumer_positions'));
    await stage.postgres.kill();
    await release().catch(() => undefined);
    // The copy is from the first outage.
    await rm(data, { recursive: true });
    await rename(`${data}.standby`, data);
    await stage.postgres.start();
    await consumer.waitUntil('the consumer goes back', async () => (await rewinds()) > 0, RECOVERY_MS);
    expect(consumer.output).toContain('PostgreSQL was restarted or failed over after a batch was written');
    await consumer.ready(RECOVERY_MS);
    await untilStreaming();
  });

  it('produce the same mart in the end, and quarantine nothing because of the outages', async () => {
    expect([producer, consumer, gateway].map(({ isRunning }) => isRunning)).toEqual([true, true, true]);
    expect((await gateway.metrics()).get('messages_ledger_folded_total')).toBeGreaterThan(0);
    // Send the rest of the file at full speed.
    expect(await producer.stop()).toEqual({ code: 0, signal: null });
    await stage.pipeline.produceFile(stage.file);
    await stage.pipeline.caughtUp({ deadlineMs: 60_000 });
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });

    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
    const repeated = (await stage.pipeline.recordsInTopic()) - stage.expected.rows;
    expect(repeated).toBeGreaterThanOrEqual(0);
    expect(repeated).toBeLessThanOrEqual(2 * REQUEST_ROWS);
  });
});

/** Polls /readyz until the given time. @returns the distinct statuses, and the last reason for each component that is down */
async function readinessUntil(over: number, app: TestApp) {
  const statuses = new Set<number>();
  const reasons: Record<string, string> = {};
  while (performance.now() < over) {
    const { status, down } = await app.health('readyz');
    statuses.add(status);
    Object.assign(reasons, down);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return { statuses: [...statuses], reasons };
}

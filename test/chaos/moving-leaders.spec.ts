import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KafkaServer } from '../../dev/services/kafka-server.js';
import type { TestApp } from '../support/test-app.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

const STATE = '.local/chaos-moving-leaders';
const ROWS = 60_000;
/** Slow enough for the file to last through all restarts, even on a busy machine. */
const ROWS_PER_SECOND = 400;
const REQUEST_ROWS = 200;
/** Rows that must be produced before the next restart. */
const ROWS_BETWEEN = 800;
const STREAMING_WITHIN_MS = 60_000;

/** Three brokers. Two are restarted in turn, so a third of the partitions change their leader in mid-request. */
describe('producer and consumer, while leaders move between brokers', () => {
  let stage: ChaosStage;
  let others: readonly KafkaServer[];
  let producer: TestApp;
  let consumer: TestApp;

  beforeAll(async () => {
    // After an aborted run, the first broker would still know partitions that only the other brokers have.
    await rm(STATE, { recursive: true, force: true });
    stage = await setStage('moving-leaders', ROWS);
    const brokers = [2, 3].map(async (nodeId) => {
      const stateDir = join(STATE, `kafka-${nodeId}`);
      return new KafkaServer({
        stateDir,
        logDir: stateDir,
        cacheDir: '.local/cache',
        env: process.env,
        log: () => undefined,
        joins: await stage.kafka.clusterFor(nodeId),
      });
    });
    others = await Promise.all(brokers);
    for (const broker of others) await broker.start();
    const { topic } = stage.pipeline;
    for (const name of [topic, `${topic}_positions`]) {
      await stage.pipeline.createTopic({ topic: name, replicationFactor: 3, minInSyncReplicas: 2 });
    }
    await waitUntil('all replicas are in sync', () => stage.pipeline.isInSync(), STREAMING_WITHIN_MS);
    consumer = await stage.pipeline.consumer();
    producer = await stage.pipeline.start('producer', {
      args: ['--file', stage.file, '--rate', String(ROWS_PER_SECOND)],
      env: { PRODUCER_BATCH_ROWS: String(REQUEST_ROWS) },
    });
    await untilStreaming();
  });

  afterAll(async () => {
    await stage?.close();
    // Without a controller, a graceful stop takes long.
    await Promise.all((others ?? []).map((broker) => broker.kill()));
  });

  async function untilStreaming(): Promise<void> {
    const before = await waitUntil('Kafka answers', () => stage.pipeline.recordsInTopic());
    const hasAdvanced = async () => (await stage.pipeline.recordsInTopic()) >= before + ROWS_BETWEEN;
    await producer.waitUntil(`${ROWS_BETWEEN} more rows are in the topic`, hasAdvanced, STREAMING_WITHIN_MS);
  }

  it('lose no record', async () => {
    for (const broker of others) {
      await broker.stop();
      await untilStreaming();
      await broker.start();
      await waitUntil('all replicas are in sync', () => stage.pipeline.isInSync(), STREAMING_WITHIN_MS);
      expect(producer.isRunning).toBe(true);
    }
    // Send the rest of the file at full speed.
    expect(await producer.stop()).toEqual({ code: 0, signal: null });
    await stage.pipeline.produceFile(stage.file);
    await stage.pipeline.caughtUp({ deadlineMs: 60_000 });
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });

    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
  });
});

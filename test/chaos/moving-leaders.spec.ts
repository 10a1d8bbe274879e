import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KafkaServer } from '../../dev/services/kafka-server.js';
import type { TestApp } from '../support/test-app.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

const STATE = '.local/chaos-moving-leaders';
const ROWS = 150_000;
/** So slow that the file lasts for all restarts, on a busy machine too. */
const ROWS_A_SECOND = 1_000;
const REQUEST_ROWS = 500;
/** Rows that have to get through before the next restart. */
const ROWS_BETWEEN = 2_000;
const STREAMING_WITHIN_MS = 60_000;

/** Three brokers, two of which are restarted in turn: the leaders of a third of the partitions move in mid-request. */
describe('leaders that move between brokers in mid-stream', () => {
  let stage: ChaosStage;
  let others: readonly KafkaServer[];
  let producer: TestApp;
  let consumer: TestApp;

  beforeAll(async () => {
    // Of a run that was broken off the first broker would know partitions that only the others have.
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
      args: ['--file', stage.file, '--rate', String(ROWS_A_SECOND)],
      env: { PRODUCER_BATCH_ROWS: String(REQUEST_ROWS) },
    });
    await streaming();
  });

  afterAll(async () => {
    await stage?.close();
    // Without a controller they would take their time to end.
    await Promise.all((others ?? []).map((broker) => broker.kill()));
  });

  async function streaming(): Promise<void> {
    const before = await waitUntil('Kafka answers', () => stage.pipeline.recordsInTopic());
    const isFurther = async () => (await stage.pipeline.recordsInTopic()) >= before + ROWS_BETWEEN;
    await producer.waitUntil(`${ROWS_BETWEEN} more rows are in the topic`, isFurther, STREAMING_WITHIN_MS);
  }

  it('lose no row', async () => {
    for (const broker of others) {
      await broker.stop();
      await streaming();
      await broker.start();
      await waitUntil('all replicas are in sync', () => stage.pipeline.isInSync(), STREAMING_WITHIN_MS);
      expect(producer.isRunning).toBe(true);
    }
    // The rest of the file needs no patience.
    expect(await producer.stop()).toEqual({ code: 0, signal: null });
    await stage.pipeline.produceFile(stage.file);
    await stage.pipeline.caughtUp({ deadlineMs: 60_000 });
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });

    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
  });
});

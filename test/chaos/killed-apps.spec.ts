import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { TestApp } from '../support/test-app.js';
import { differences, setStage, type ChaosStage } from '../support/chaos.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(180_000);

const ROWS = 60_000;
const ROWS_PER_SECOND = 3_600;
const KILLS = 3;
/** The most rows that the producer sends in one request. */
const REQUEST_ROWS = 600;

describe('producer and consumer, each killed and restarted several times in mid-stream', () => {
  let stage: ChaosStage;

  beforeAll(async () => {
    stage = await setStage('killed-apps', ROWS);
  });

  afterAll(() => stage?.close());

  it('produce the same mart and quarantine, row by row', async () => {
    const { pipeline } = stage;
    const startProducer = () =>
      pipeline.start('producer', {
        args: ['--file', stage.file, '--rate', String(ROWS_PER_SECOND)],
        env: { PRODUCER_BATCH_ROWS: String(REQUEST_ROWS) },
      });
    const startConsumer = () =>
      pipeline.consumer({ CONSUMER_SESSION_TIMEOUT_MS: '6000', CONSUMER_BATCH_RECORDS: '2000' });

    const [producer, consumer] = await Promise.all([
      startProducer().then((app) => killSeveralTimes(app, startProducer, () => pipeline.recordsInTopic())),
      startConsumer().then((app) => killSeveralTimes(app, startConsumer, () => pipeline.committed())),
    ]);
    expect(await producer.exited).toEqual({ code: 0, signal: null });
    await pipeline.caughtUp({ deadlineMs: 60_000 });
    expect(await consumer.stop()).toEqual({ code: 0, signal: null });

    expect(await differences(stage)).toEqual({ mart: [], quarantine: [], ledger: [] });
    const repeated = (await pipeline.recordsInTopic()) - stage.expected.rows;
    expect(repeated).toBeGreaterThanOrEqual(0);
    // Each kill may repeat two requests: the one in flight, and the one before it if its position was not stored yet.
    expect(repeated).toBeLessThanOrEqual(KILLS * 2 * REQUEST_ROWS);
  });
});

/** Kills and restarts the app after each step, always before the end. @returns the app that is running at the end */
async function killSeveralTimes(
  app: TestApp,
  start: () => Promise<TestApp>,
  progress: () => Promise<number>,
): Promise<TestApp> {
  const step = Math.floor(ROWS / (KILLS + 2));
  for (let kill = 1; kill <= KILLS; kill++) {
    await app.waitUntil(`row ${kill * step}`, async () => (await progress()) >= kill * step, 60_000);
    await app.kill();
    expect(await waitUntil('the progress is known', progress)).toBeLessThan(ROWS);
    app = await start();
  }
  return app;
}

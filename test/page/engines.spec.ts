import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accessibilityProblems } from '../support/page/accessibility.js';
import { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';

jest.setTimeout(300_000);

let stage: PageStage;

beforeAll(async () => {
  stage = await PageStage.start({ seed: 6 });
});

afterAll(() => stage?.close());

describe.each(['spark', 'both'] as const)('with PIPELINE_ENGINE %s', (engine) => {
  let live: LivePage;

  beforeAll(async () => {
    const gateway = await stage.pipeline.start('gateway', { env: { PIPELINE_ENGINE: engine } });
    live = await LivePage.open(stage.browser, gateway.url);
    await live.page.locator(`.flow[data-engine=${engine}]`).waitFor();
  });

  afterAll(() => live?.close());

  it('draws the engine that writes the mart between Kafka and the mart', async () => {
    const flow = await live.page.locator('.flow').innerText();
    const isConsumed = engine === 'both';

    expect(flow.includes('To the consumer')).toBe(isConsumed);
    expect(flow.includes('To Spark')).toBe(!isConsumed);
    expect(await live.page.locator('[data-box=engine]').innerText()).toMatch(isConsumed ? /^Consumer/i : /^Spark/i);
    expect(await live.page.locator('[data-box=spark]').count()).toBe(isConsumed ? 1 : 0);
  });

  it('says why a latency is unknown', async () => {
    const reason = engine === 'spark' ? /Spark writes the mart and stores no latencies/ : /No record has arrived/;
    expect(await live.main.innerText()).toMatch(reason);
    expect(await live.main.innerText()).not.toMatch(/NaN|undefined|\bnull\b/);
    expect(await accessibilityProblems(live)).toEqual([]);
    expect(await live.newComplaints()).toEqual([]);
  });
});

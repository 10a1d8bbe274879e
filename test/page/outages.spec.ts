import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../dev/browser/chromium.js';
import { choosePort } from '../../dev/services/ports.js';
import { setStage, type ChaosStage } from '../support/chaos.js';
import { systemHealth, type SystemHealth } from '../support/gateway-client.js';
import { query } from '../support/mart-database.js';
import { LivePage, type NotedText } from '../support/page/live-page.js';
import { recordOf } from '../support/records.js';
import type { TestApp } from '../support/test-app.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(300_000);

const ROWS = 3_000;
/** What the issue of a broken part may take from /health to the page. */
const SEEN_WITHIN_MS = 2_000;
/** What a commit may take to the page. */
const COMMIT_SEEN_WITHIN_MS = 1_000;
/** On a machine whose cores are busy, the browser and this process take their time to look. */
const LOOKING_MS = 500;
/** The page waits at most 15 s between two attempts, the apps 10 s. */
const RECOVERY_MS = 60_000;

let stage: ChaosStage;
let browser: Browser;
let port: number;
let consumer: TestApp;
let gateway: TestApp;
let flow: LivePage;
let overview: LivePage;

beforeAll(async () => {
  browser = await launchChromium();
  stage = await setStage('page-outages', ROWS);
  port = await choosePort([]);
  [consumer, gateway] = await Promise.all([startConsumer(), startGateway()]);
  await stage.pipeline.produceFile(stage.file);
  await stage.pipeline.caughtUp();
  await untilHealthy();
  flow = await LivePage.open(browser, gateway.url);
  overview = await flow.newTab('overview');
  await flow.noteTexts('sentence', 'main h1');
  await flow.noteTexts('age', '.data-age');
  await flow.noteTexts('rows', '[data-box=mart] dd');
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await stage?.close();
}, 60_000);

const startConsumer = () => stage.pipeline.consumer({ CONSUMER_SESSION_TIMEOUT_MS: '6000' });
const startGateway = () => stage.pipeline.start('gateway', { env: { PORT: String(port) } });

function untilHealthy(): Promise<unknown> {
  return waitUntil('all is well', async () => (await systemHealth(gateway)).overall === 'ok', RECOVERY_MS);
}

/** The time at which /health first says what is wanted; ms since the epoch. */
async function whenHealthSays(accept: (health: SystemHealth) => boolean): Promise<number> {
  await waitUntil('/health says it', async () => accept(await systemHealth(gateway)), 60_000, 50);
  return Date.now();
}

/** Fails unless the page says it soon after /health. @returns what the page said */
async function seenInTime(outage: () => Promise<unknown>, accept: (health: SystemHealth) => boolean, text: RegExp) {
  const from = Date.now();
  await outage();
  const [known, shown] = await Promise.all([whenHealthSays(accept), flow.whenShown('sentence', text, from, 60_000)]);
  expect(shown.at - known).toBeLessThan(SEEN_WITHIN_MS);
  return shown.text;
}

async function runsAgain(from: number): Promise<NotedText> {
  await untilHealthy();
  return flow.whenShown('sentence', /: Running\. Nothing waits/, from, RECOVERY_MS);
}

/** All figures of the mart, as they are shown. */
async function figuresOfOverview(): Promise<string[]> {
  return (await overview.figures()).map(({ column, value }) => `${column} ${value}`);
}

describe('the page, when a part fails', () => {
  it('says that all is well before', async () => {
    const { text } = await flow.whenShown('sentence', /: Running\. Nothing waits/, 0, RECOVERY_MS);

    expect(text).toMatch(/the mart changed .* ago\./);
    expect(await flow.age()).toMatch(/^live, /);
    expect(await flow.main.innerText()).toMatch(/All 3,000 records of the topic are processed/);
  });

  it('shows a commit within a second', async () => {
    const delays: number[] = [];
    for (let i = 0; i < 5; i++) {
      const rows = 'SELECT count(*)::int AS rows FROM messages';
      const [before] = await query<{ rows: number }>(stage.pipeline.databaseUrl, rows);
      const from = Date.now();
      await stage.pipeline.send([recordOf(9_000_000 + i)]);
      const isCommitted = async () =>
        (await query<{ rows: number }>(stage.pipeline.databaseUrl, rows))[0]!.rows > before!.rows;
      await waitUntil('the row is committed', isCommitted, 30_000, 20);
      const committed = Date.now();
      const shown = await flow.whenShown('rows', new RegExp(`^${(before!.rows + 1).toLocaleString('en')}$`), from);
      delays.push(shown.at - committed);
    }

    // One of them may have met a pause of the garbage collector somewhere.
    expect(delays.sort((one, other) => one - other)[3]).toBeLessThan(COMMIT_SEEN_WITHIN_MS + LOOKING_MS);
  });

  it('says that no consumer runs, since when and what waits, and that nothing is lost', async () => {
    const text = await seenInTime(
      async () => {
        await consumer.kill();
        await stage.pipeline.send([recordOf(9_100_001), recordOf(9_100_002)]);
      },
      ({ parts }) => parts.consumer_group.status === 'down',
      /No consumer runs/,
    );

    expect(text).toMatch(/No consumer runs since \d\d:\d\d:\d\d\./);
    expect(await flow.main.innerText()).toMatch(/The records stay in Kafka/);
    expect(await flow.page.locator('[data-box=engine]').innerText()).toMatch(/down/);
    const from = Date.now();
    consumer = await startConsumer();
    await runsAgain(from);
  });

  it('says that PostgreSQL is down, and keeps the figures of the mart', async () => {
    const before = await figuresOfOverview();
    const text = await seenInTime(
      () => stage.postgres.stop(),
      ({ parts }) => parts.postgresql.status === 'down',
      /PostgreSQL/,
    );

    expect(text).toMatch(
      /PostgreSQL (refuses connections|has ended the connection|does not answer) since \d\d:\d\d:\d\d\./,
    );
    expect(await flow.age()).toMatch(/^live, /);
    expect(await flow.page.locator('[data-box=mart]').innerText()).toMatch(/down/);
    expect(await figuresOfOverview()).toEqual(before);
    const from = Date.now();
    await stage.postgres.start();
    await runsAgain(from);
    expect(await overview.sentence()).not.toMatch(/error|could not/i);
  });

  it('says that Kafka is down, and that the mart can be read', async () => {
    const text = await seenInTime(
      () => stage.kafka.stop(),
      ({ parts }) => parts.kafka.status === 'down',
      /Kafka/,
    );

    expect(text).toMatch(
      /Kafka (refuses connections|has ended the connection|does not answer|is down) since \d\d:\d\d:\d\d\./,
    );
    expect(await flow.main.innerText()).toMatch(/The mart can be read/);
    const from = Date.now();
    await stage.kafka.start();
    await runsAgain(from);
  });

  it('says how old its data is the moment the gateway is gone, keeps and dims it, and comes back by itself', async () => {
    const before = await figuresOfOverview();
    const from = Date.now();
    await gateway.kill();
    const killed = Date.now();
    const shown = await flow.whenShown('age', /old, reconnecting \(try 1, /, from);

    expect(shown.at - killed).toBeLessThan(1000 + LOOKING_MS);
    await flow.whenShown('age', /^[3-9](\.\d)? s old, reconnecting \(try \d+, next in \d+ s\)$/, killed);
    await flow.whenShown('sentence', /No news from the gateway for \d+ s\./, killed);
    expect(await flow.main.innerText()).toMatch(/At \d\d:\d\d:\d\d: Running/);
    expect(await flow.main.locator('.is-outdated').count()).toBe(1);
    expect(await flow.page.locator('[data-box=mart]').innerText()).toMatch(/3,\d\d\d|2,\d\d\d/);
    expect(await figuresOfOverview()).toEqual(before);

    const back = Date.now();
    gateway = await startGateway();
    await runsAgain(back);
    expect(await flow.main.locator('.is-outdated').count()).toBe(0);
    await flow.whenShown('age', /^live, /, back);
  });

  it('never had an error of its own, and never loaded again', async () => {
    for (const live of [flow, overview]) {
      const own = (await live.newComplaints()).filter((each) => !/Failed to load resource|ERR_|net::/.test(each));
      expect(own).toEqual([]);
    }
    expect(flow.requests.filter((path) => path === '')).toHaveLength(1);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivePage } from '../support/page/live-page.js';
import { PageProxy } from '../support/page/page-proxy.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';
import { recordOf } from '../support/records.js';

jest.setTimeout(300_000);

/** The lowest limit that an operator would set: requests below /api per minute and address. */
const LIMIT_PER_MINUTE = 600;
const WATCHED_SECONDS = 20;
const ROWS_PER_SECOND = 50;

let stage: PageStage;
let proxy: PageProxy;
let opened: LivePage[];

beforeAll(async () => {
  stage = await PageStage.start();
});

beforeEach(() => {
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((live) => live.close()));
  await proxy.close();
});

afterAll(() => stage?.close());

async function open(path = ''): Promise<LivePage> {
  const live = await LivePage.open(stage.browser, proxy.url, path);
  opened.push(live);
  return live;
}

const streams = () => proxy.asked.filter((path) => path.startsWith('/api/v1/pipeline/events')).length;
const apiRequests = () => proxy.asked.filter((path) => path.startsWith('/api')).length;

describe('behind a path prefix that a proxy removes', () => {
  beforeEach(async () => {
    proxy = await PageProxy.start(stage.gateway.url, '/shop/pipeline');
  });

  it('loads every page at its address, with assets, figures and the stream', async () => {
    const live = await open();
    for (const { path } of EVERY_PAGE) {
      await live.visit(path);
      expect(await live.sentence()).not.toMatch(/could not be loaded|has an error|not found/i);
      expect(await live.overflow()).toEqual([]);
    }
    await live.page.waitForFunction(`document.querySelector('.data-age').textContent.startsWith('live')`);

    expect(await live.newComplaints()).toEqual([]);
    expect(streams()).toBeGreaterThan(0);
    expect(proxy.asked.some((path) => /^\/api\/v1\/(?!pipeline)/.test(path))).toBe(true);
  });

  it('navigates by its links without a load, stays below the prefix, and can be reloaded', async () => {
    const live = await open();
    const loads: string[] = [];
    live.page.on('load', () => loads.push(live.page.url()));
    for (const { title, name } of EVERY_PAGE.filter(({ name }) => name !== 'campaign')) {
      await live.page.locator('nav li a', { hasText: title }).first().click();
      await live.page.waitForURL(proxy.url + name);
      await live.complete();
    }
    expect(loads).toEqual([]);
    await live.page.locator('nav').getByRole('link', { name: 'Days', exact: true }).click();
    await live.complete();
    const before = await live.sentence();
    await live.page.reload();
    await live.complete();

    expect(live.page.url()).toBe(`${proxy.url}days`);
    expect(await live.sentence()).toBe(before);
    expect(await live.newComplaints()).toEqual([]);
  });
});

describe('an office behind one address', () => {
  beforeEach(async () => {
    proxy = await PageProxy.start(stage.gateway.url);
  });

  /** Rows arrive all the time, so that figures change and are read again. */
  async function stream(seconds: number): Promise<void> {
    const first = 1_000_000 + Math.floor(Math.random() * 1e9);
    for (let second = 0; second < seconds; second++) {
      const ids = Array.from({ length: ROWS_PER_SECOND }, (_, i) => first + second * ROWS_PER_SECOND + i);
      await Promise.all([stage.pipeline.send(ids.map((id) => recordOf(id))), sleep(1000)]);
    }
  }

  it('shares one stream between ten tabs of a browser', async () => {
    const live = await open();
    for (const { path } of EVERY_PAGE.slice(0, 9)) await live.newTab(path);
    const complete = live.context.pages().length;
    const [before, streamsBefore] = [apiRequests(), streams()];
    await stream(5);

    expect(complete).toBe(10);
    expect(streamsBefore).toBe(1);
    expect(streams()).toBe(1);
    expect(apiRequests() - before).toBeLessThan((LIMIT_PER_MINUTE / 60) * 5 * 0.5);
  });

  it('may leave ten pages open in ten browsers: together they stay far below the rate limit', async () => {
    for (const { path } of EVERY_PAGE.slice(0, 10)) await open(path);
    expect(streams()).toBe(10);
    // Opening them is the most that ever happens in a minute.
    const opening = apiRequests();
    await stream(WATCHED_SECONDS);
    const perMinute = ((apiRequests() - opening) * 60) / WATCHED_SECONDS;

    expect(perMinute + opening).toBeLessThan(LIMIT_PER_MINUTE / 2);
    for (const live of opened) expect(await live.newComplaints()).toEqual([]);
  });
});

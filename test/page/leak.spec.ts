import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CDPSession } from 'playwright-core';
import { LivePage } from '../support/page/live-page.js';
import { PageProxy } from '../support/page/page-proxy.js';
import { PageStage } from '../support/page/page-stage.js';
import { recordStream, ReplayedStream } from '../support/page/replayed-stream.js';
import { waitUntil } from '../support/wait-until.js';

jest.setTimeout(600_000);

/** Eight hours of a page that shows one event a second. */
const EVENTS = 30_000;
/** After these, everything that has a limit has reached it. */
const WARM_EVENTS = 5_000;
/** What a page may have gained in between: the engine's own caches and compiled code. */
const MAX_HEAP_GROWTH = 1.15;
const MAX_GROWTH = 1.02;

interface Size {
  readonly heapBytes: number;
  readonly nodes: number;
  readonly listeners: number;
}

let stage: PageStage;
let proxy: PageProxy;
let stream: ReplayedStream;
let tabs: { readonly name: string; readonly live: LivePage; readonly cdp: CDPSession }[];

beforeAll(async () => {
  stage = await PageStage.start();
  proxy = await PageProxy.start(stage.gateway.url);
  stream = new ReplayedStream(await recordStream(stage.gateway.url));
  proxy.intercept = stream.intercept;
  const flow = await LivePage.open(stage.browser, proxy.url);
  const lives = [flow, await flow.newTab('overview')];
  tabs = await Promise.all(
    lives.map(async (live, i) => ({
      ...{ name: ['Flow', 'Overview'][i]!, live },
      cdp: await live.context.newCDPSession(live.page),
    })),
  );
  await Promise.all(tabs.map(({ cdp }) => cdp.send('Performance.enable')));
});

afterAll(async () => {
  await proxy?.close();
  await stage?.close();
});

/** Sends events in portions, and waits until all tabs have received each. */
async function feed(events: number): Promise<void> {
  // Small enough to be shown before the page takes the silence for a broken connection.
  const portion = 100;
  for (let sent = 0; sent < events; sent += portion) {
    const before = await received();
    await stream.send(portion);
    await waitUntil('all tabs have received the events', async () => {
      const now = await received();
      return now.every((count, i) => count >= before[i]! + portion);
    });
  }
}

function received(): Promise<number[]> {
  return Promise.all(tabs.map(({ live }) => live.page.evaluate<number>('inPage.messages')));
}

async function sizes(): Promise<Size[]> {
  return Promise.all(
    tabs.map(async ({ cdp }) => {
      await cdp.send('HeapProfiler.collectGarbage');
      await cdp.send('HeapProfiler.collectGarbage');
      const { usedSize: heapBytes } = await cdp.send('Runtime.getHeapUsage');
      const { metrics } = await cdp.send('Performance.getMetrics');
      const metric = (name: string) => metrics.find((each) => each.name === name)!.value;
      return { heapBytes, nodes: metric('Nodes'), listeners: metric('JSEventListeners') };
    }),
  );
}

describe('pages that stay open', () => {
  it(`do not grow with ${EVENTS} events`, async () => {
    await waitUntil('the stream is open', () => stream.isOpen);
    await feed(WARM_EVENTS);
    const warm = await sizes();
    await feed(EVENTS - WARM_EVENTS);
    const end = await sizes();

    const growth = tabs.map(({ name }, i) => ({
      name,
      heap: end[i]!.heapBytes / warm[i]!.heapBytes,
      nodes: end[i]!.nodes / warm[i]!.nodes,
      listeners: end[i]!.listeners / warm[i]!.listeners,
    }));
    const grown = growth.filter(
      ({ heap, nodes, listeners }) => heap > MAX_HEAP_GROWTH || nodes > MAX_GROWTH || listeners > MAX_GROWTH,
    );
    if (grown.length > 0) throw new Error(`grown: ${JSON.stringify({ grown, warm, end })}`);
    expect(stream.sent).toBe(EVENTS);
    for (const { live } of tabs) {
      expect(await live.sentence()).not.toBe('');
      expect(await live.newComplaints()).toEqual([]);
    }
  });
});

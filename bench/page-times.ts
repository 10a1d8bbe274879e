import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { percentile } from './http-load.js';

/** Longer than the gateway keeps an answer, so that each request reads the mart. */
const PAUSE_MS = 5_200;
const SETTLED_MS = 1_500;

/** All pages, and the largest campaign on the page of one campaign. */
export async function pagePaths(origin: string): Promise<string[]> {
  const names = JSON.parse(await readFile('dist/apps/page/page-names.json', 'utf8')) as string[];
  const response = await fetch(`${origin}/api/v1/campaigns?is_known=true&type=bulk&sort=-sent&limit=1`);
  const { data } = (await response.json()) as { data: { campaign_type: string; campaign_id: number }[] };
  const [largest] = data;
  const query = largest === undefined ? '' : `?type=${largest.campaign_type}&id=${largest.campaign_id}`;
  return names.map((name) => (name === 'campaign' ? name + query : name));
}

/** Addresses below /api that the pages ask for by themselves. */
export async function figureAddresses(browser: Browser, origin: string): Promise<string[]> {
  const page = await browser.newPage();
  const addresses = new Set<string>();
  page.on('request', (request) => {
    const address = request.url().slice(origin.length);
    if (/^\/api\/v1\/(?!pipeline)/.test(address)) addresses.add(address);
  });
  for (const path of await pagePaths(origin)) {
    await page.goto(`${origin}/${path}`);
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(SETTLED_MS);
  }
  await page.close();
  return [...addresses];
}

/** Times of requests that the gateway has no answer for, in ascending order; ms by address. */
export async function uncachedTimes(
  origin: string,
  addresses: readonly string[],
  rounds: number,
): Promise<Map<string, number[]>> {
  const times = new Map(addresses.map((address) => [address, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const address of addresses) {
      const asked = performance.now();
      const response = await fetch(origin + address);
      await response.text();
      if (response.status !== 200) throw new Error(`${address}: ${response.status}`);
      times.get(address)!.push(performance.now() - asked);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  for (const each of times.values()) each.sort((one, other) => one - other);
  return times;
}

export interface PaintTimes {
  /** ms from the navigation to the first content; cold: with an empty cache. */
  readonly cold: readonly number[];
  readonly warm: readonly number[];
  /** ms from a key or click to the next frame, the slowest of each load. */
  readonly interactions: readonly number[];
}

/** Loads a page again and again, and works with it. */
export async function paintTimes(browser: Browser, url: string, loads: number): Promise<PaintTimes> {
  const [cold, warm, interactions] = [[] as number[], [] as number[], [] as number[]];
  for (let load = 0; load < loads; load++) {
    const context = await browser.newContext();
    await context.addInitScript(`
      globalThis.slowest = 0;
      new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) globalThis.slowest = Math.max(globalThis.slowest, duration);
      }).observe({ type: 'event', durationThreshold: 16, buffered: true });
    `);
    const page = await context.newPage();
    cold.push(await firstPaint(page, url));
    warm.push(await firstPaint(page, url));
    await page.waitForTimeout(SETTLED_MS);
    for (let key = 0; key < 12; key++) await page.keyboard.press('Tab');
    await page.locator('.foot button').first().click();
    await page.locator('.foot select').selectOption('dark');
    await page.locator('nav a', { hasText: 'Overview' }).click();
    await page.waitForTimeout(SETTLED_MS);
    await page.locator('nav a', { hasText: 'Flow' }).click();
    await page.waitForTimeout(SETTLED_MS);
    interactions.push(await page.evaluate<number>('globalThis.slowest'));
    await context.close();
  }
  return { cold, warm, interactions };
}

async function firstPaint(page: Page, url: string): Promise<number> {
  await page.goto(url);
  await page.locator('main h1').waitFor();
  await page.waitForFunction(`performance.getEntriesByName('first-contentful-paint').length > 0`);
  return page.evaluate<number>(`performance.getEntriesByName('first-contentful-paint')[0].startTime`);
}

export function middleAndWorst(values: readonly number[]): string[] {
  const ascending = [...values].sort((one, other) => one - other);
  return [percentile(ascending, 0.5), ascending.at(-1)!].map((ms) => ms.toFixed(0));
}

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accessibilityProblems } from '../support/page/accessibility.js';
import type { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';

jest.setTimeout(300_000);

/** After which an explanation would have opened again. */
const QUIET_MS = 400;

let stage: PageStage;
let live: LivePage;

beforeAll(async () => {
  stage = await PageStage.start();
  live = await stage.open('', { reducedMotion: true });
});

afterAll(() => stage?.close());

describe.each(EVERY_PAGE)('./$name by keyboard', ({ path }) => {
  beforeAll(() => live.visit(path));

  it.each([1280, 360])('is reached completely by Tab at %d px, in order, with a visible focus', async (width) => {
    await live.resize(width);
    const { stops, missed } = await live.walk();

    expect(stops[0]?.description).toMatch(/Skip to the content/);
    expect(missed).toEqual([]);
    expect(stops.filter(({ isMarked }) => !isMarked)).toEqual([]);
    expect(stops.filter(({ isInOrder }) => !isInOrder)).toEqual([]);
    expect(stops.filter(({ coveredBy }) => coveredBy !== null)).toEqual([]);
  });

  it('explains a figure on Enter, and gives the focus back on Escape', async () => {
    await live.resize(1280);
    const figure = live.main.locator('button.figure:visible').first();
    if ((await figure.count()) === 0) return;
    await figure.focus();
    await live.page.keyboard.press('Enter');
    const panel = live.page.getByRole('dialog');
    await panel.waitFor();
    const offered = await panel.locator('a, button').allInnerTexts();
    expect(offered).toEqual(expect.arrayContaining([expect.stringMatching(/SQL/), 'REST', 'CSV']));
    expect(await panel.innerText()).not.toMatch(/No definition is known/);
    expect(await accessibilityProblems(live)).toEqual([]);
    await live.page.keyboard.press('Tab');
    await live.page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });

    expect(await live.page.evaluate('document.activeElement.matches("button.figure")')).toBe(true);
    await live.page.waitForTimeout(QUIET_MS);
    expect(await panel.count()).toBe(0);
  });

  it('reads the marks of a chart by arrow keys', async () => {
    const chart = live.main.locator('.chart-body').first();
    if ((await chart.count()) === 0) return;
    const words = chart.locator('[aria-live]');
    const tip = chart.locator('.chart-tip');
    const said = async () => (await words.innerText()).replace(/\s+/g, ' ');
    await chart.focus();
    await live.page.keyboard.press('Home');
    const first = await said();
    await live.page.keyboard.press('End');
    const last = await said();

    expect(first).toMatch(/\w/);
    expect(last).toMatch(/\w/);
    expect(await tip.locator('strong').innerText()).not.toBe('');
    for (const line of await tip.locator('strong, span').allInnerTexts())
      expect(last).toContain(line.replace(/\s+/g, ' '));
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown']) {
      await live.page.keyboard.press(key);
      expect(await said()).toMatch(/\w/);
    }
    await live.page.keyboard.press('Escape');
    expect(await tip.count()).toBe(0);
  });
});

describe('the frame of every page by keyboard', () => {
  beforeAll(() => live.visit(''));

  it('begins with a link to the content', async () => {
    await live.resize(1280);
    await live.visit('overview');
    await live.page.keyboard.press('Tab');
    await live.page.keyboard.press('Enter');

    expect(await live.focused()).toMatchObject({ description: expect.stringMatching(/^main#main/) });
  });

  it('moves the focus to the content of the page that was chosen', async () => {
    await live.visit('');
    await live.page.locator('nav a', { hasText: 'Overview' }).focus();
    await live.page.keyboard.press('Enter');
    await live.page.waitForURL(/overview/);
    await live.complete();

    expect(await live.focused()).toMatchObject({ description: expect.stringMatching(/^main#main/) });
  });

  it('has a menu at 360 px that opens and closes', async () => {
    await live.resize(360);
    await live.visit('');
    const menu = live.page.getByRole('button', { name: 'Menu' });
    const overview = live.page.locator('nav').getByRole('link', { name: 'Overview' });
    expect(await overview.isVisible()).toBe(false);
    await menu.focus();
    await live.page.keyboard.press('Enter');
    expect(await overview.isVisible()).toBe(true);
    expect(await menu.getAttribute('aria-expanded')).toBe('true');
    await overview.focus();
    await live.page.keyboard.press('Enter');
    await live.page.waitForURL(/overview/);
    await overview.waitFor({ state: 'hidden' });
  });
});

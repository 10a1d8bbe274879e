import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';

jest.setTimeout(120_000);

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
    expect(await overview.isVisible()).toBe(false);
  });
});

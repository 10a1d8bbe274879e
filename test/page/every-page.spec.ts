import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { accessibilityProblems } from '../support/page/accessibility.js';
import type { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';

jest.setTimeout(300_000);

/** What depends on the colours; everything else is the same in each theme. */
const COLOURS = ['color-contrast', 'link-in-text-block'];

/** 210 mm less two margins of 10 mm, in CSS px. */
const A4_WIDTH = 718;

describe.each([
  { what: 'a filled mart', messages: 600 },
  { what: 'an empty mart', messages: 0 },
])('with $what', ({ what, messages }) => {
  let stage: PageStage;
  let live: LivePage;

  beforeAll(async () => {
    stage = await PageStage.start({ messages });
    live = await stage.open();
  });

  afterAll(() => stage?.close());

  describe.each(EVERY_PAGE)('./$name', ({ title, path }) => {
    beforeAll(async () => {
      await live.prefer({ theme: 'light' });
      await live.resize(1280);
      await live.visit(path);
    });

    it('answers in one sentence, and says which page it is', async () => {
      expect(await live.sentence()).not.toBe('');
      expect(await live.page.title()).toContain(title);
      expect(await live.main.locator('h1').count()).toBe(1);
    });

    it('is accessible in light, dark and forced colours', async () => {
      expect(await accessibilityProblems(live)).toEqual([]);
      await live.prefer({ theme: 'dark' });
      expect(await accessibilityProblems(live, COLOURS)).toEqual([]);
      await live.prefer({ theme: 'dark', forcedColors: true });
      expect(await accessibilityProblems(live, COLOURS)).toEqual([]);
    });

    it.each([360, 768, 2560])('does not scroll sideways at %d px', async (width) => {
      await live.resize(width);
      if (width === 360) expect(await accessibilityProblems(live)).toEqual([]);
      expect(await live.overflow()).toEqual([]);
    });

    it('fits on a sheet of paper', async () => {
      await live.resize(A4_WIDTH);
      expect(await live.overflowInPrint()).toEqual([]);
    });

    it('has no error, asks no other host, and keeps to the content security policy', async () => {
      await live.screenshot(`${what}-${title}`.replaceAll(' ', '-'));
      expect(await live.newComplaints()).toEqual([]);
    });
  });
});

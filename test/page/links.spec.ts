import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { LivePage } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';

jest.setTimeout(300_000);

let stage: PageStage;
let live: LivePage;
let other: LivePage;

beforeAll(async () => {
  stage = await PageStage.start({ seed: 2 });
  live = await stage.open();
  // Another person: nothing is shared but the address.
  other = await stage.open();
});

afterAll(() => stage?.close());

/** What a page says: its sentence, without an age, and all of its figures in their order. */
async function contentOf(page: LivePage): Promise<unknown> {
  await page.complete();
  const figures = await page.figures();
  const sentence = (await page.sentence()).replace(/changed .* ago/, 'changed');
  return { sentence, figures: figures.map(({ column, value, text }) => [column, value, text]) };
}

const search = (page: LivePage) => new URL(page.page.url()).search;

describe.each(EVERY_PAGE)('the filters of ./$name', ({ path }) => {
  it('are in the address: a link shows the same to another person; back and forward work', async () => {
    await live.visit(path);
    const selects = live.main.locator('form.filters select');
    const seen = [{ url: live.page.url(), content: await contentOf(live) }];
    for (let i = 0; i < (await selects.count()); i++) {
      const options = await selects.nth(i).locator('option').all();
      const values = await Promise.all(options.map((option) => option.getAttribute('value')));
      const chosen = await selects.nth(i).inputValue();
      const value = values.findLast((each) => each !== chosen);
      if (value === undefined || value === null) continue;
      await selects.nth(i).selectOption(value);
      await live.page.waitForURL((url) => url.href !== seen.at(-1)!.url);
      seen.push({ url: live.page.url(), content: await contentOf(live) });
    }
    await other.page.goto(live.page.url());

    expect(await contentOf(other)).toEqual(seen.at(-1)!.content);
    for (const { url, content } of seen.slice(0, -1).reverse()) {
      await live.page.goBack();
      await live.page.waitForURL(url);
      expect(await contentOf(live)).toEqual(content);
    }
    for (const { url, content } of seen.slice(1)) {
      await live.page.goForward();
      await live.page.waitForURL(url);
      expect(await contentOf(live)).toEqual(content);
    }
    expect(await live.newComplaints()).toEqual([]);
  });

  it('that nobody wrote by hand without an error do not break it', async () => {
    await live.visit(
      `${path}${path.includes('?') ? '&' : '?'}type=none&channel=%3Cb%3E&from=yesterday&sort=-nothing&cursor=x&rate=__proto__`,
    );

    expect(await live.sentence()).not.toMatch(/has an error/);
    expect(await live.main.innerText()).not.toMatch(/NaN|undefined|\[object/);
    // The gateway refuses what it does not know, which browsers report.
    const own = (await live.newComplaints()).filter((each) => !/status of 400/.test(each));
    expect(own).toEqual([]);
  });
});

describe('the sort and the pages of a table', () => {
  it('are in the address too', async () => {
    await live.visit('campaigns');
    const header = live.main.locator('th button.sort').last();
    if ((await header.count()) === 0) return;
    const before = search(live);
    await header.click();
    await live.page.waitForURL((url) => url.search !== before);
    const sorted = await contentOf(live);
    const next = live.main.getByRole('button', { name: 'Next page' });
    if ((await next.count()) > 0 && (await next.isEnabled())) {
      await next.click();
      await live.page.waitForURL(/cursor=/);
      const second = await contentOf(live);
      expect(second).not.toEqual(sorted);
      await other.page.goto(live.page.url());
      expect(await contentOf(other)).toEqual(second);
      await live.page.goBack();
      await live.page.waitForURL((url) => !url.search.includes('cursor='));
    }

    expect(await contentOf(live)).toEqual(sorted);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { withClient } from '../support/mart-database.js';
import { insertMessages, insertRows, type MessageFields } from '../support/message-rows.js';
import { accessibilityProblems } from '../support/page/accessibility.js';
import { type LivePage, type LivePageOptions } from '../support/page/live-page.js';
import { PageStage } from '../support/page/page-stage.js';
import { EVERY_PAGE } from '../support/page/pages.js';
import { TOKEN } from '../support/rest-gateway.js';

jest.setTimeout(300_000);

const MARKUP = '<script>document.title="hacked"</script><img src=x onerror="document.title=`hacked`">&lt;b&gt;';
const TOPICS = [
  MARKUP,
  'מבצע סוף עונה — حملة الربيع \u202eevil',
  '🛒🎁👩‍👩‍👧‍👦 𝕊𝕒𝕝𝕖 𠜎',
  `${'Long topic without end '.repeat(12)}`.slice(0, 255),
  'a'.repeat(255),
  "Robert'); DROP TABLE campaigns;--",
];
/** What stands on a page when a value was not thought of. */
const MISTAKES = /NaN|undefined|Invalid|\[object|\bnull\b|Infinity/;

let stage: PageStage;
let opened: LivePage[] = [];

beforeAll(async () => {
  stage = await PageStage.start({ messages: 0 });
});

afterEach(async () => {
  await Promise.all(opened.map((live) => live.close()));
  opened = [];
});

afterAll(() => stage?.close());

async function open(options: LivePageOptions = {}): Promise<LivePage> {
  const live = await stage.open('', options);
  opened.push(live);
  return live;
}

async function insert(rows: readonly MessageFields[]): Promise<void> {
  await withClient(stage.database.url, async (client) => {
    await insertMessages(client, rows);
    await client.query('SELECT ledger.fold()');
  });
}

/** Mistakes on every page, one a line. */
async function mistakes(live: LivePage): Promise<string[]> {
  const found: string[] = [];
  for (const { path } of EVERY_PAGE) {
    await live.visit(path);
    const text = `${await live.sentence()}\n${await live.main.innerText()}`;
    const mistake = MISTAKES.exec(text);
    if (mistake) found.push(`./${path}: ${text.slice(Math.max(0, mistake.index - 80), mistake.index + 80)}`);
    found.push(...(await live.overflow()).map((each) => `./${path} scrolls: ${each}`));
    found.push(...(await live.newComplaints()).map((each) => `./${path}: ${each}`));
  }
  return found;
}

const message = (change: MessageFields = {}): MessageFields => ({ message_type: 'bulk', campaign_id: 1, ...change });

describe('a mart that is not like others', () => {
  it('with one message, which has neither campaign nor date, breaks no page', async () => {
    await insert([{ message_type: 'bulk', campaign_id: null, date: null, sent_at: null }]);
    const live = await open();
    expect(await mistakes(live)).toEqual([]);
    expect(await mistakes(await open({ width: 360 }))).toEqual([]);
    await live.visit('triggers');
    expect(await live.main.innerText()).toContain('The mart has 1 messages, but no triggers.');
  });

  it('with a campaign of the same id in two types, messages of the future and nothing delivered breaks no page', async () => {
    await withClient(stage.database.url, (client) =>
      insertRows(client, 'campaigns', [
        { id: 1, campaign_type: 'bulk', channel: 'email', topic: TOPICS[0] },
        { id: 1, campaign_type: 'transactional', channel: 'email', topic: null },
      ]),
    );
    const future = `${new Date().getUTCFullYear() + 1}-01-01 10:00:00`;
    await insert([
      message({ sent_at: future }),
      message({ message_type: 'transactional' }),
      ...Array.from({ length: 3 }, () => message({ is_hard_bounced: true, channel: 'sms' })),
    ]);
    expect(await mistakes(await open())).toEqual([]);
  });

  it('with texts that are markup, from right to left, of four bytes or very long shows them as they are', async () => {
    await withClient(stage.database.url, (client) =>
      insertRows(
        client,
        'campaigns',
        TOPICS.map((topic, i) => ({ id: 100 + i, campaign_type: 'bulk', channel: 'email', topic, ab_test: true })),
      ),
    );
    await withClient(stage.database.url, (client) =>
      insertRows(
        client,
        'holidays',
        TOPICS.map((holiday, i) => ({ date: `2021-05-0${i + 1}`, holiday })),
      ),
    );
    await insert(
      Array.from({ length: 1000 }, (_, i) =>
        message({
          campaign_id: 100 + (i % TOPICS.length),
          sent_at: `2021-05-0${1 + (i % 9)} ${String(i % 24).padStart(2, '0')}:00:00`,
          is_opened: i % 3 === 0,
          is_clicked: i % 9 === 0,
          category: TOPICS[i % TOPICS.length]!,
          email_provider: TOPICS[(i + 1) % TOPICS.length]!,
          platform: i % 3 === 0 ? TOPICS[(i + 2) % TOPICS.length]! : null,
        }),
      ),
    );
    await withClient(stage.database.url, (client) =>
      insertRows(
        client,
        'quarantined_messages',
        TOPICS.map((topic, offset) => ({
          ...{ topic: 'message_data', partition: 0, offset, recorded_at: '2021-05-01', quarantined_at: '2021-05-01' },
          value: `\\x${Buffer.from(`{"id": "${topic}"}`).toString('hex')}`,
          headers: { file: topic, line: String(offset) },
          reasons: [{ column: 'client_id', reason: 'missing' }],
        })),
      ),
    );
    const live = await open();
    expect(await mistakes(live)).toEqual([]);
    expect(await mistakes(await open({ width: 360, theme: 'dark' }))).toEqual([]);

    const seen = new Set<string>();
    for (const { path } of EVERY_PAGE) {
      await live.visit(path === 'campaign?type=bulk&id=1' ? 'campaign?type=bulk&id=100' : path);
      expect(await live.page.title()).not.toMatch(/hacked/);
      expect(await live.main.locator('script, img[src=x]').count()).toBe(0);
      expect(await accessibilityProblems(live)).toEqual([]);
      const text = (await live.main.textContent()) ?? '';
      for (const topic of TOPICS) if (text.includes(topic)) seen.add(topic);
    }
    expect([...seen].sort()).toEqual([...TOPICS].sort());
  });

  describe('shows the bytes of a quarantined record as text, with the token,', () => {
    const value =
      TOPICS.map((topic) => `{"id": "77", "stream": "${topic}"}`).join('\n') + '\u0000\u001b[31m\u202e\ufeff';
    let live: LivePage;

    beforeAll(async () => {
      await withClient(stage.database.url, (client) =>
        insertRows(client, 'quarantined_messages', [
          {
            ...{
              topic: 'message_data',
              partition: 1,
              offset: 0,
              recorded_at: '2021-05-01',
              quarantined_at: '2021-05-01',
            },
            ...{
              key: '77',
              value: `\\x${Buffer.from(value).toString('hex')}`,
              headers: { file: MARKUP, line: MARKUP },
            },
            reasons: [{ column: MARKUP, reason: 'unknown_column' }],
          },
          {
            ...{
              topic: 'message_data',
              partition: 1,
              offset: 1,
              recorded_at: '2021-05-01',
              quarantined_at: '2021-05-01',
            },
            ...{ key: '78', value: '\\xff00fec3', headers: {}, reasons: [{ column: null, reason: 'not_json' }] },
          },
        ]),
      );
    });

    beforeEach(async () => {
      live = await open({ width: 360 });
      await live.page.evaluate(`sessionStorage.setItem('messages-pipeline:token', ${JSON.stringify(TOKEN)})`);
    });

    async function expectHarmless(): Promise<void> {
      expect(await live.page.title()).not.toMatch(/hacked/);
      expect(await live.main.locator('script, img[src=x]').count()).toBe(0);
      expect(await accessibilityProblems(live)).toEqual([]);
      expect(await live.overflow()).toEqual([]);
      expect(await live.newComplaints()).toEqual([]);
    }

    it('on Quarantine', async () => {
      await live.visit('quarantine?record=message_data:1:0');
      expect(await live.page.getByLabel('Value', { exact: true }).innerText()).toContain(MARKUP);
      await expectHarmless();
    });

    it('on Find', async () => {
      for (const id of ['77', '78']) {
        await live.visit('find');
        await live.page.getByLabel('Id, message_id').fill(id);
        await live.page.getByRole('button', { name: 'Find', exact: true }).click();
        await live.complete();
        await live.page.getByRole('button', { name: 'Show the original bytes' }).click();
        await live.complete();
        if (id === '77') expect(await live.page.getByLabel('Value', { exact: true }).innerText()).toContain(MARKUP);
        await expectHarmless();
      }
    });
  });
});

describe('another language', () => {
  it.each(['de-DE', 'ar-EG'])(
    'of the browser (%s) breaks no page, and its numbers are written as there',
    async (locale) => {
      const live = await open({ locale, timezone: 'Asia/Kathmandu' });
      expect(await mistakes(live)).toEqual([]);
      await live.visit('');
      await live.page.locator('.data-age').waitFor();
      const [rows] = await live.page.locator('[data-box=mart] dd').allInnerTexts();
      expect(rows).toBe(new Intl.NumberFormat(locale).format(1006));
    },
  );

  it('and another zone: times are UTC until the reader wants local ones', async () => {
    const live = await open({ timezone: 'Asia/Kathmandu' });
    const clock = live.page.locator('.foot span', { has: live.page.locator('button') }).first();
    expect(await clock.innerText()).toMatch(/\d\d:\d\d:\d\d UTC/);
    await live.page.getByRole('button', { name: 'Show local time' }).click();
    expect(await clock.innerText()).not.toMatch(/UTC\s+Show local/);
    await live.page.reload();
    await live.complete();
    expect(await live.page.getByRole('button', { name: 'Show UTC' }).count()).toBe(1);
  });
});

describe('after sleep', () => {
  it('in which the clock went on by an hour, the page reads again by itself', async () => {
    const context = await stage.browser.newContext();
    const page = await context.newPage();
    // Playwright moves the clock of pages, not of shared workers.
    await page.addInitScript('delete globalThis.SharedWorker');
    await page.clock.install();
    await page.goto(stage.gateway.url);
    const age = page.locator('.data-age');
    await age.filter({ hasText: /^live/ }).waitFor();
    await page.clock.fastForward('01:00:00');
    await age.filter({ hasText: /^live/ }).waitFor();
    expect(await page.locator('main h1').innerText()).not.toMatch(/No news/);
    await context.close();
  });
});

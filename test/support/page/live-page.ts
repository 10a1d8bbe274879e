import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Locator, Page, Request } from 'playwright-core';
import { waitUntil } from '../wait-until.js';

const IN_PAGE = fileURLToPath(new URL('in-page.js', import.meta.url));

/** How long no request may be open before a page counts as complete. */
const QUIET_MS = 250;
/** Generous: it only bounds how long a failing test takes. */
const DEADLINE_MS = 30_000;

const AFTER_A_FRAME =
  'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))';
/** A page whose clock is paused has no frames. */
const FRAME_WITHIN_MS = 1000;

/** How long an explanation stays that has lost the focus, and some more. */
const CLOSES_WITHIN_MS = 400;

/** The end of a shared worker's script is not reported, and streams stay open. */
const NEVER_ENDS = /stream-worker|\/events$/;

const SCREENSHOTS = '.local/page-screenshots';

export interface LivePageOptions {
  readonly theme?: 'light' | 'dark';
  readonly forcedColors?: boolean;
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly timezone?: string;
  readonly reducedMotion?: boolean;
}

/** Something that Tab reaches. */
export interface TabStop {
  readonly number: number;
  readonly description: string;
}

export interface FocusedStop extends TabStop {
  /** Whether it can be seen that it has the focus. */
  readonly isMarked: boolean;
  /** What lies over it, such as a line that sticks to the window. */
  readonly coveredBy: string | null;
  /** Whether it stands after the stop before it in the document. */
  readonly isInOrder: boolean;
}

/** A figure on the page, and the value behind it. */
export interface ShownFigure {
  /** REST address that it comes from; null for figures of the event stream. */
  readonly address: string | null;
  readonly column: string;
  /** As text; empty if there is none. */
  readonly value: string | null;
  readonly text: string;
  /** The same for all figures in one row of a table; null outside of tables. */
  readonly row: number | null;
}

/** A text, and when it appeared; ms since the epoch. */
export interface NotedText {
  readonly at: number;
  readonly text: string;
}

/** The live page in a browser, which notes everything that must not happen. */
export class LivePage {
  /** Errors on the console, failed requests, requests to other hosts and violations of the content security policy. */
  readonly complaints: string[] = [];
  /** Addresses below the page's own that it asked for, with their query, in order. */
  readonly requests: string[] = [];
  private readonly open = new Set<Request>();
  private quietSince = performance.now();

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    /** Address of the page, which ends with a slash. */
    readonly base: string,
  ) {}

  /** @param base address of the page, such as that of the gateway */
  static async open(
    browser: Browser,
    base: string,
    path = '',
    { theme = 'light', forcedColors = false, width = 1280, height = 900, ...options }: LivePageOptions = {},
  ): Promise<LivePage> {
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      forcedColors: forcedColors ? 'active' : 'none',
      reducedMotion: (options.reducedMotion ?? false) ? 'reduce' : 'no-preference',
      locale: options.locale ?? 'en-US',
      timezoneId: options.timezone ?? 'UTC',
    });
    await context.addInitScript({ path: IN_PAGE });
    return LivePage.openIn(context, base, path);
  }

  /** Another tab of the same browser. */
  newTab(path = ''): Promise<LivePage> {
    return LivePage.openIn(this.context, this.base, path);
  }

  private static async openIn(context: BrowserContext, base: string, path: string): Promise<LivePage> {
    const live = new LivePage(context, await context.newPage(), base.endsWith('/') ? base : `${base}/`);
    live.watch();
    await live.visit(path);
    return live;
  }

  /** Loads one of the pages and waits until it is complete. */
  async visit(path: string): Promise<void> {
    await this.page.goto(this.base + path);
    await this.complete();
  }

  /** Waits until the page has its sentence, and all that it asked for has arrived. */
  async complete(): Promise<void> {
    await this.page.locator('main h1').waitFor({ timeout: DEADLINE_MS });
    // What a click asks for begins after the next frame, which is late on a busy machine.
    await Promise.race([this.page.evaluate(AFTER_A_FRAME).catch(() => undefined), sleep(FRAME_WITHIN_MS)]);
    this.quietSince = performance.now();
    const isQuiet = () => this.open.size === 0 && performance.now() - this.quietSince > QUIET_MS;
    await waitUntil('the page is complete', isQuiet, DEADLINE_MS).catch((error: Error) => {
      error.message += `; open: ${[...this.open].map((request) => request.url()).join(' ')}`;
      throw error;
    });
  }

  get main(): Locator {
    return this.page.locator('main');
  }

  /** The answer to the reader's first question. */
  async sentence(): Promise<string> {
    return (await this.page.locator('main h1').innerText()).replace(/\s+/g, ' ').trim();
  }

  /** How old the data is, at the foot of the page. */
  async age(): Promise<string> {
    return (await this.page.locator('.data-age').innerText()).trim();
  }

  /** Everything that must not happen and did, since the last call. */
  async newComplaints(): Promise<string[]> {
    const violations = await this.page.evaluate<string[]>('inPage.violations.splice(0)');
    return [...this.complaints.splice(0), ...violations];
  }

  /** Changes what the system prefers; the page follows. */
  async prefer({
    theme = 'light',
    forcedColors = false,
  }: Pick<LivePageOptions, 'theme' | 'forcedColors'>): Promise<void> {
    await this.page.emulateMedia({ colorScheme: theme, forcedColors: forcedColors ? 'active' : 'none' });
    await this.page.evaluate(AFTER_A_FRAME);
  }

  /** What would be wider than the sheet if the page was printed. */
  async overflowInPrint(): Promise<string[]> {
    await this.page.emulateMedia({ media: 'print' });
    const wide = await this.overflow();
    await this.page.emulateMedia({ media: null });
    return wide;
  }

  async resize(width: number, height = 900): Promise<void> {
    await this.page.setViewportSize({ width, height });
  }

  /** What is wider than the window. */
  overflow(): Promise<string[]> {
    return this.page.evaluate<string[]>('inPage.overflow()');
  }

  figures(): Promise<ShownFigure[]> {
    return this.page.evaluate<ShownFigure[]>('inPage.figures()');
  }

  /** Presses Tab from the top of the document to its end. @returns where it stopped, and what it should have reached besides */
  async walk(): Promise<{ readonly stops: FocusedStop[]; readonly missed: TabStop[] }> {
    await this.page.evaluate('inPage.unfocus()');
    const stops: FocusedStop[] = [];
    for (;;) {
      await this.page.keyboard.press('Tab');
      const stop = await this.page.evaluate<FocusedStop | null>('inPage.arrive()');
      if (stop === null) break;
      // The explanation of the figure before stays for a moment, so that the pointer could move into it.
      if (stop.coveredBy !== null) await this.page.waitForTimeout(CLOSES_WITHIN_MS);
      stops.push({ ...stop, coveredBy: stop.coveredBy && ((await this.focused())?.coveredBy ?? null) });
    }
    const reached = new Set(stops.map(({ number }) => number));
    const expected = await this.page.evaluate<TabStop[]>('inPage.tabStops()');
    return { stops, missed: expected.filter(({ number }) => !reached.has(number)) };
  }

  focused(): Promise<Omit<FocusedStop, 'isInOrder'> | null> {
    return this.page.evaluate('inPage.focused()');
  }

  /** Notes each text that an element shows from now on, under a name. */
  async noteTexts(name: string, selector: string): Promise<void> {
    await this.page.evaluate(`inPage.watch(${JSON.stringify(name)}, ${JSON.stringify(selector)})`);
  }

  /** Waits until a text has been shown since `from`. @returns it, with the ms since the epoch at which it appeared */
  whenShown(name: string, text: RegExp, from: number, deadlineMs?: number): Promise<NotedText> {
    const find = async () => {
      const texts = await this.page.evaluate<NotedText[]>(`inPage.shown[${JSON.stringify(name)}]`);
      const found = texts.find((each) => each.at >= from && text.test(each.text));
      if (found === undefined) throw new Error(`shown: ${JSON.stringify(texts.slice(-5))}`);
      return found;
    };
    return waitUntil(`${name} shows ${text}`, find, deadlineMs);
  }

  /** For people who look at a failed test. */
  async screenshot(name: string): Promise<void> {
    await mkdir(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  private watch(): void {
    const { origin } = new URL(this.base);
    this.page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    this.page.on('pageerror', (error) => this.complaints.push(`error: ${error.stack ?? error.message}`));
    this.page.on('request', (request) => {
      const url = new URL(request.url());
      if (/^(http|ws)s?:$/.test(url.protocol) && url.origin !== origin) this.complaints.push(`asked: ${url.href}`);
      if (request.url().startsWith(this.base)) this.requests.push(request.url().slice(this.base.length));
      if (!NEVER_ENDS.test(url.pathname)) this.open.add(request);
    });
    const end = (request: Request) => {
      this.open.delete(request);
      this.quietSince = performance.now();
    };
    this.page.on('requestfinished', end);
    this.page.on('requestfailed', (request) => {
      end(request);
      // The page cancels what it no longer needs.
      const text = request.failure()?.errorText ?? '';
      if (text !== 'net::ERR_ABORTED') this.complaints.push(`failed: ${request.url()}: ${text}`);
    });
  }
}

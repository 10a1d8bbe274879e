import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';
import { waitUntil } from './wait-until.js';

/** Generous: it only bounds how long a failing test takes. */
const DEADLINE_MS = 240_000;
/** How long a node of the tree may take to open or to react to a click before the next attempt. */
const NODE_OPENS_WITHIN_MS = 5_000;

export interface Login {
  readonly email: string;
  readonly password: string;
}

/** pgAdmin in a browser, in terms of the user's actions. */
export class PgAdminPage {
  /** Addresses outside pgAdmin that the browser requested. */
  readonly foreignRequests: string[] = [];
  /** Texts of the dialogs that pgAdmin showed. */
  private readonly dialogs: string[] = [];
  private needsRefresh = false;

  private constructor(
    private readonly page: Page,
    private readonly screenshotDir: string,
  ) {}

  /** @param login for a pgAdmin that asks for one */
  static async open(browser: Browser, url: string, screenshotDir: string, login?: Login): Promise<PgAdminPage> {
    await mkdir(screenshotDir, { recursive: true });
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    page.setDefaultTimeout(DEADLINE_MS);
    const pgAdmin = new PgAdminPage(page, screenshotDir);
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (/^(http|ws)s?:$/.test(protocol) && origin !== new URL(url).origin)
        pgAdmin.foreignRequests.push(request.url());
    });
    // If PostgreSQL takes more than 10 s, pgAdmin asks whether to reconnect, and blocks clicks until the dialog is answered.
    await page.addLocatorHandler(page.locator('[role=dialog]').first(), (dialog) => pgAdmin.answer(dialog), {
      noWaitAfter: true,
    });
    await page.goto(url);
    if (login) {
      await page.locator('input[name="email"]').fill(login.email);
      await page.locator('input[name="password"]').fill(login.password);
      await page.getByRole('button', { name: 'Login' }).click();
    }
    await pgAdmin.node('Servers').waitFor();
    await page.getByText('Loading pgAdmin').waitFor({ state: 'hidden' });
    return pgAdmin;
  }

  /** Opens nodes of the Object Explorer one below the other, until the last one is visible. */
  async browse(...path: readonly string[]): Promise<void> {
    for (const [parent, child] of path.slice(1).map((name, index) => [path[index]!, name] as const)) {
      try {
        await waitUntil(`${child} is shown below ${parent}`, () => this.opened(parent, child), DEADLINE_MS);
      } catch (cause) {
        await this.screenshot(`not-shown-${child}`);
        throw new Error(`${(cause as Error).message}; dialogs of pgAdmin: ${this.dialogs.join(' | ') || 'none'}`, {
          cause,
        });
      }
    }
  }

  /** Closes a node of the Object Explorer to make room for other nodes. */
  async collapse(name: string): Promise<void> {
    const toggle = this.node(name).locator('.directory-toggle');
    await toggle.and(this.page.locator('.open')).click();
    await toggle.and(this.page.locator(':not(.open)')).waitFor();
  }

  /** Selects a node by clicking its name. */
  async choose(name: string): Promise<void> {
    await this.node(name).getByText(name, { exact: true }).click();
  }

  /** Opens a tab next to the Object Explorer. */
  async showTab(name: string): Promise<void> {
    await this.page.locator('.dock-tab').getByText(name, { exact: true }).click();
  }

  /** Waits for a text anywhere outside the Query Tool. */
  async waitForText(text: string): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  /** Opens a Query Tool on the database selected in the Object Explorer. */
  async openQueryTool(): Promise<QueryTool> {
    const frames = this.page.locator('iframe');
    const before = await frames.count();
    await this.page.locator('button[data-label="Query Tool"]').click();
    await frames.nth(before).waitFor();
    const tool = new QueryTool(this.page, frames.nth(before).contentFrame());
    await tool.whenReady();
    return tool;
  }

  async screenshot(name: string): Promise<void> {
    await this.page.screenshot({ path: join(this.screenshotDir, `${name}.png`) });
  }

  private async opened(parent: string, child: string): Promise<boolean> {
    const wanted = this.node(child);
    if (await wanted.isVisible()) return true;
    const within = { timeout: NODE_OPENS_WITHIN_MS };
    const toggle = this.node(parent).locator('.directory-toggle');
    const state = (await toggle.getAttribute('class', within)) ?? '';
    await toggle.click({ ...within, trial: /open|loading/.test(state) });
    try {
      await wanted.waitFor(within);
    } catch (error) {
      // A node that was loading when the connection broke stays open and empty.
      if (this.needsRefresh) await this.refresh(parent);
      throw error;
    }
    return true;
  }

  private async refresh(name: string): Promise<void> {
    const within = { timeout: NODE_OPENS_WITHIN_MS };
    await this.node(name)
      .getByText(name, { exact: true })
      .click({ ...within, button: 'right' });
    await this.page
      .locator('[role=menuitem]:visible', { hasText: /^Refresh/ })
      .first()
      .click(within);
    this.needsRefresh = false;
  }

  private async answer(dialog: Locator): Promise<void> {
    this.dialogs.push((await dialog.innerText()).replaceAll('\n', ' '));
    this.needsRefresh = true;
    const buttons = dialog.locator('button:is([data-label="Yes"], [data-label="Close"])');
    await buttons.last().click({ timeout: NODE_OPENS_WITHIN_MS });
  }

  private node(name: string): Locator {
    return this.page
      .locator('.file-entry')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .first();
  }
}

/** A Query Tool of pgAdmin. */
class QueryTool {
  constructor(
    private readonly page: Page,
    private readonly frame: FrameLocator,
  ) {}

  async whenReady(): Promise<void> {
    await this.editor.waitFor();
    await this.button('Execute script').and(this.frame.locator(':enabled')).waitFor();
  }

  /** Types a query into the empty editor. */
  async write(sql: string): Promise<void> {
    await this.editor.click();
    await this.page.keyboard.insertText(sql);
    await this.frame.locator('.cm-content', { hasText: sql }).first().waitFor();
  }

  async execute(): Promise<void> {
    await this.button('Execute script').click();
  }

  /** Waits until the result has this many rows. @returns their cells as displayed */
  async rows(count: number): Promise<string[][]> {
    const rows = this.frame.locator('[role=grid] .rdg-row');
    return waitUntil(
      `${count} rows are shown`,
      async () => {
        const shown = await Promise.all((await rows.all()).map((row) => row.getByRole('gridcell').allTextContents()));
        // A row that is being redrawn has no cells.
        return shown.length === count && shown.every((cells) => cells.length > 1) ? shown : undefined;
      },
      DEADLINE_MS,
    );
  }

  /** Opens the file dialog. @returns the number of files in it */
  async showFiles(): Promise<number> {
    await this.button('Open File').click();
    const count = this.frame.getByText(/^[1-9]\d* items?$/); // missing while files are loading
    return Number.parseInt((await count.textContent()) ?? '');
  }

  /** Opens one of the files in the dialog. */
  async openFile(name: string): Promise<void> {
    await this.frame.getByPlaceholder('Search').fill(name); // the list only renders visible rows
    await this.frame.getByText(name, { exact: true }).click();
    await this.button('Open').click();
    await this.button('Open').waitFor({ state: 'hidden' });
  }

  /** Waits for a text in the editor, the messages or elsewhere in the tool. */
  async waitForText(text: string): Promise<void> {
    await this.frame.getByText(text).first().waitFor();
  }

  private get editor(): Locator {
    return this.frame.locator('.cm-content').first();
  }

  private button(label: string): Locator {
    return this.frame.locator(`button[data-label="${label}"]`);
  }
}

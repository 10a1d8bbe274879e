import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readdir, rm } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { ensureInstallation } from '../../dev/pgadmin/installation.js';
import { findMart } from '../../dev/pgadmin/find-mart.js';
import { type PgAdmin, startPgAdmin } from '../../dev/pgadmin/pgadmin-server.js';
import { createAnalyst, type Analyst } from '../support/analyst.js';
import { launchChromium } from '../../dev/browser/chromium.js';
import { createMartDatabase, query, type MartDatabase } from '../support/mart-database.js';
import { PgAdminPage } from '../support/pgadmin-page.js';

const STATE = `.local/test/pgadmin-${process.pid}`;
const SCREENSHOTS = '.local/pgadmin-screenshots';
const QUERIES = new URL('../../deploy/pgadmin/queries/', import.meta.url);
const ROWS = 25;
const VIEW = 'channel_rates';

let database: MartDatabase;
let databaseName: string;
let analyst: Analyst;
let pgAdmin: PgAdmin;
let browser: Browser;
let page: PgAdminPage;

beforeAll(async () => {
  browser = await launchChromium(); // first, because without a browser the rest is pointless
  const serverUrl = process.env.DATABASE_URL!;
  database = await createMartDatabase(serverUrl);
  databaseName = new URL(database.url).pathname.slice(1);
  await query(
    database.url,
    `INSERT INTO messages (id, message_id, message_type, client_id, channel, sent_at, is_opened, is_clicked, is_unsubscribed,
       is_hard_bounced, is_soft_bounced, is_complained, is_blocked, is_purchased, created_at, updated_at)
     SELECT n, 'message-' || n, 'bulk', n, CASE WHEN n % 5 = 0 THEN 'mobile_push' ELSE 'email' END,
       timestamptz '2023-04-27 10:00:00Z' + n * interval '1 minute', n % 2 = 0, n % 10 = 0, false,
       false, false, false, false, n % 20 = 0, now(), now()
     FROM generate_series(1, $1::int) AS n`,
    [ROWS],
  );
  analyst = await createAnalyst(database, serverUrl);

  const log = (line: string) => console.log(line);
  const python = await ensureInstallation({ folder: '.local/pgadmin', log });
  const mart = await findMart(analyst.url, 'not read');
  pgAdmin = await startPgAdmin({ stateDir: STATE, python, mart, log });
  page = await PgAdminPage.open(browser, pgAdmin.url, SCREENSHOTS);
  await page.browse('Servers', 'Message mart', 'Databases', databaseName, 'Schemas', 'mart');
}, 900_000);

afterAll(async () => {
  await browser?.close();
  await pgAdmin?.stop();
  await database?.drop();
  await analyst?.drop();
  await rm(STATE, { recursive: true, force: true });
}, 60_000);

describe('pgAdmin in a browser', () => {
  it('shows the table messages and the views of the mart', async () => {
    await page.browse('public', 'Tables', 'messages');
    await page.choose('messages');
    await page.collapse('public');
    await page.browse('mart', 'Views', VIEW);
    await page.choose(VIEW);
    await page.showTab('Properties');
    await page.waitForText('Question 1, rates by channel');
    await page.screenshot('1-object-explorer');
  }, 120_000);

  it('runs a query on messages', async () => {
    await page.choose(databaseName);
    const tool = await page.openQueryTool();
    await tool.write('select * from messages limit 10');
    await tool.execute();
    const rows = await tool.rows(10);
    await page.screenshot('2-query-tool');
    expect(rows.map((cells) => cells.join(' '))).toEqual(
      Array.from({ length: 10 }, () => expect.stringMatching(/message-\d+/)),
    );
  }, 120_000);

  it('lists the saved queries in the dialog, and runs one', async () => {
    await page.choose(databaseName);
    const tool = await page.openQueryTool();
    expect(await tool.showFiles()).toBe((await readdir(QUERIES)).length);
    await page.screenshot('3-saved-queries');
    await tool.openFile('01-rates-by-channel.sql');
    await tool.waitForText('-- How often are the messages of each channel');
    await tool.execute();
    const rows = await tool.rows(2);
    await page.screenshot('4-saved-query');
    expect(rows.map((cells) => cells.slice(1, 5))).toEqual([
      ['email', '20', '20', '0.500000'],
      ['mobile_push', '5', '5', '0.400000'],
    ]);
  }, 120_000);

  it('writes nothing', async () => {
    await page.choose(databaseName);
    const tool = await page.openQueryTool();
    await tool.write('delete from messages');
    await tool.execute();
    await tool.waitForText('permission denied for table messages');
    await page.screenshot('5-permission-denied');
    expect(await query(database.url, 'SELECT count(*)::int FROM messages')).toEqual([{ count: ROWS }]);
  }, 120_000);

  it('contacts no other site, and denies access without the key', async () => {
    expect(page.foreignRequests).toEqual([]);
    const { status } = await fetch(new URL('/browser/', pgAdmin.url));
    expect(status).toBe(401);
  });
});

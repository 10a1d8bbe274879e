import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../dev/browser/chromium.js';
import { Cluster } from '../support/cluster/cluster.js';
import { PgAdminPage } from '../support/pgadmin-page.js';
import { withForward } from '../support/cluster/forward.js';

const SCREENSHOTS = '.local/cluster-screenshots';

describe('the pages of the pipeline', () => {
  const cluster = new Cluster();
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
    await cluster.apply('deploy/k8s/overlays/local');
    await cluster.waitUntilReady();
  });
  afterAll(() => browser.close());

  it('show the mart in pgAdmin after one login, with the saved queries at hand', async () => {
    const login = { email: 'analyst@example.com', password: await cluster.secret('pgadmin-login', 'password') };
    await withForward(cluster.forward('svc/pgadmin-service', 8081), async ({ url }) => {
      const page = await PgAdminPage.open(browser, url, SCREENSHOTS, login);
      await page.browse('Servers', 'Message mart', 'Databases', 'messaging', 'Schemas', 'mart');
      await page.screenshot('mart');
    });
  });

  it('show the live page, which follows the stream', async () => {
    await withForward(cluster.forward('svc/gateway', 3000), async ({ url }) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(url);
      await page.getByText(/^live, /).waitFor();
      await page.getByRole('link', { name: 'Funnel' }).click();
      await page.getByRole('table').first().waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}/live-page.png` });
    });
  });

  it("show Spark's master with its worker, and through it the job", async () => {
    await withForward(cluster.forward('svc/spark-master-service', 8080), async ({ url }) => {
      const page = await browser.newPage();
      page.setDefaultTimeout(60_000);
      await page.goto(url);
      await page.getByText('ALIVE').first().waitFor();
      await page.getByRole('link', { name: 'messages-follower' }).first().click();
      await page.getByText('Spark Jobs').first().waitFor();
      await page.screenshot({ path: `${SCREENSHOTS}/spark-job.png` });

      expect(await page.getByText('messages-follower').count()).toBeGreaterThan(0);
    });
  });
});

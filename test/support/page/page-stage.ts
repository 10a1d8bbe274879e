import type { Browser } from 'playwright-core';
import { createAnalyst, type Analyst } from '../analyst.js';
import { launchChromium } from '../../../dev/browser/chromium.js';
import { systemHealth } from '../gateway-client.js';
import { createMartDatabase, withClient, type MartDatabase } from '../mart-database.js';
import { Pipeline } from '../pipeline.js';
import { fillMart } from '../random-mart.js';
import { TOKEN } from '../rest-gateway.js';
import type { TestApp } from '../test-app.js';
import { LivePage, type LivePageOptions } from './live-page.js';

export interface PageStageOptions {
  /** Messages of the random mart; 0 leaves the mart empty. */
  readonly messages?: number;
  readonly seed?: number;
  readonly gateway?: Readonly<Record<string, string>>;
}

/** A browser, and a running pipeline with a filled mart that it looks at. */
export class PageStage {
  private constructor(
    readonly browser: Browser,
    readonly database: MartDatabase,
    readonly analyst: Analyst,
    readonly pipeline: Pipeline,
    readonly consumer: TestApp,
    readonly gateway: TestApp,
  ) {}

  static async start({ messages = 600, seed = 1, gateway: env = {} }: PageStageOptions = {}): Promise<PageStage> {
    const browser = await launchChromium(); // first, because without a browser the rest is pointless
    const serverUrl = process.env.DATABASE_URL!;
    const database = await createMartDatabase(serverUrl);
    if (messages > 0) await withClient(database.url, (client) => fillMart(client, messages, seed));
    const [analyst, pipeline] = await Promise.all([createAnalyst(database, serverUrl), Pipeline.create({ database })]);
    await pipeline.createTopic();
    const [consumer, gateway] = await Promise.all([
      pipeline.consumer(),
      pipeline.start('gateway', { env: { GATEWAY_API_TOKEN: TOKEN, ...env } }),
    ]);
    await gateway.waitUntil('everything is up', async () => (await systemHealth(gateway)).overall === 'ok');
    return new PageStage(browser, database, analyst, pipeline, consumer, gateway);
  }

  open(path = '', options: LivePageOptions = {}): Promise<LivePage> {
    return LivePage.open(this.browser, this.gateway.url, path, options);
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.pipeline.close();
    await this.analyst.drop();
  }
}

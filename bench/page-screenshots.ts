import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { generate } from '#sample-data/generate.js';
import { launchChromium } from '../dev/browser/chromium.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { pagePaths } from './page-times.js';
import { watch } from './watch.js';

// Writes the pictures of the live page that README.md and docs/page.md show.

const STATE_DIR = '.local/screenshots';
const LOG_DIR = join(STATE_DIR, 'logs');
const ROWS = 100_000;
const SEED = 1;
/** Slow enough for a picture of the flow while records stream. */
const ROWS_PER_SECOND = 2_000;
const STREAMED_SECONDS = 20;

const VIEWPORT = { width: 1280, height: 800 };
const QUALITY = 0.6;
const SETTLED_MS = 2_500;
const REDRAWN_MS = 500;
const THEMES = ['light', 'dark'] as const;

const { values } = parseArgs({ options: { out: { type: 'string', default: 'docs/images' } } });

await resetServices({ stateDir: STATE_DIR });
await mkdir(LOG_DIR, { recursive: true });
await mkdir(values.out, { recursive: true });
const services = await startServices({ stateDir: STATE_DIR, log: console.log });
const env = appEnvironment({ KAFKA_BROKERS: services.kafkaBrokers, DATABASE_URL: services.databaseUrl, PORT: '0' });
const app = (options: Pick<AppOptions, 'name' | 'args'>) =>
  new AppProcess({ ...options, env, output: { logDir: LOG_DIR } });
let gateway: AppProcess | undefined;
let consumer: AppProcess | undefined;
let browser: Browser | undefined;

try {
  browser = await launchChromium();
  const { files } = await generate({
    out: join(STATE_DIR, 'data'),
    rows: ROWS,
    seed: SEED,
    dirty: 0.01,
    duplicates: 0.01,
  });
  await app({ name: 'mart-init', args: ['--reference', join(STATE_DIR, 'data')] }).whenDone();
  gateway = app({ name: 'gateway' });
  await gateway.whenListening();
  const origin = `http://127.0.0.1:${gateway.port}`;
  consumer = app({ name: 'consumer' });
  const slow = app({ name: 'producer', args: ['--file', files.messages, '--rate', String(ROWS_PER_SECOND)] });
  await slow.whenListening();
  await new Promise((resolve) => setTimeout(resolve, STREAMED_SECONDS * 1000));
  await takePictures(browser, origin, ['']);
  await slow.stop();

  const filled = watch(consumer, 'messages_consumed_total', ROWS);
  await app({ name: 'producer', args: ['--file', files.messages] }).whenDone();
  await filled;
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  await takePictures(browser, origin, (await pagePaths(origin)).slice(1));
} finally {
  await browser?.close();
  await consumer?.stop();
  await gateway?.stop();
  await services.stop();
  await rm(STATE_DIR, { recursive: true, force: true });
}

async function takePictures(browser: Browser, origin: string, paths: readonly string[]): Promise<void> {
  const converter = await browser.newPage();
  const page = await browser.newPage({
    viewport: VIEWPORT,
    locale: 'en-US',
    timezoneId: 'UTC',
    reducedMotion: 'reduce',
  });
  for (const path of paths) {
    await page.goto(`${origin}/${path}`);
    await page.locator('main h1').waitFor();
    await page.waitForTimeout(SETTLED_MS);
    const [name = ''] = path.split('?');
    for (const theme of THEMES) {
      // The page follows the system.
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(REDRAWN_MS);
      const file = join(values.out, `page-${name === '' ? 'flow' : name}-${theme}.webp`);
      const picture = await asWebP(converter, await page.screenshot());
      await writeFile(file, picture);
      console.log(`${file}  ${Math.round(picture.length / 1000)} KB`);
    }
  }
  await page.close();
  await converter.close();
}

/** The browser can write WebP, which is a third of a PNG. */
async function asWebP(page: Page, png: Buffer): Promise<Buffer> {
  const url = `data:image/png;base64,${png.toString('base64')}`;
  const webp = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = ${JSON.stringify(url)};
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', ${QUALITY});
  })()`);
  return Buffer.from(webp.split(',')[1]!, 'base64');
}

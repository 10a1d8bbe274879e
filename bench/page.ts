import { mkdir, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Browser } from 'playwright-core';
import { DatabaseClient } from '#platform/database/database-client.js';
import { generate } from '#sample-data/generate.js';
import { launchChromium } from '../dev/browser/chromium.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { grouped, table } from '#platform/terminal/screen.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { percentile } from './http-load.js';
import { OpenPages } from './open-pages.js';
import { figureAddresses, middleAndWorst, paintTimes, uncachedTimes } from './page-times.js';
import { watch } from './watch.js';

const STATE_DIR = '.local/bench';
const LOG_DIR = join(STATE_DIR, 'logs');
const LIMIT_MS = 300;

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '20' },
    like: { type: 'string' },
  },
});
const rows = Number(values.rows);
const pages = Number(values.pages);
/** Rows in each run that compares the consumer with and without open pages. */
const pairRows = Math.min(rows, 2_000_000);

console.log(
  `${grouped(rows)} rows; Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
await resetServices({ stateDir: STATE_DIR });
await mkdir(LOG_DIR, { recursive: true });
const services = await startServices({ stateDir: STATE_DIR, log: console.log });
const env = appEnvironment({
  KAFKA_BROKERS: services.kafkaBrokers,
  DATABASE_URL: services.databaseUrl,
  PORT: '0',
  // One address sends all requests of 200 people.
  GATEWAY_RATE_LIMIT: '1000000',
});
const app = (options: Pick<AppOptions, 'name' | 'args'>, settings: Record<string, string> = {}) =>
  new AppProcess({ ...options, env: { ...env, ...settings }, output: { logDir: LOG_DIR } });
const client = new DatabaseClient(services.databaseUrl);
await client.connect();
let gateway: AppProcess | undefined;
let browser: Browser | undefined;

/** The rate of a consumer with its own group that reads the topic from the beginning into an empty table. */
async function consumerRate(name: string, upTo: number): Promise<number> {
  await client.query('TRUNCATE messages');
  await client.query('CHECKPOINT').catch(() => undefined); // makes runs comparable; it needs a privilege that the role may lack
  const consumer = app({ name: 'consumer' }, { CONSUMER_GROUP_ID: `bench-${name}` });
  const { rate } = await watch(consumer, 'messages_consumed_total', upTo);
  await consumer.stop();
  return rate;
}

/** CPU that an app has used since its start. */
async function cpuSeconds(process: AppProcess): Promise<number> {
  await process.readCounts();
  return process.counts.sum('process_cpu_seconds_total');
}

try {
  browser = await launchChromium(); // first, because without a browser the rest is pointless
  const { files } = await generate({ out: join(STATE_DIR, 'data'), rows, like: values.like });
  await app({ name: 'mart-init', args: ['--reference', join(STATE_DIR, 'data')] }).whenDone();
  gateway = app({ name: 'gateway' });
  await gateway.whenListening();
  const origin = `http://127.0.0.1:${gateway.port}`;
  await app({ name: 'producer', args: ['--file', files.messages] }).whenDone();

  await consumerRate('first', pairRows);
  const addresses = await figureAddresses(browser, origin);
  const lines: string[][] = [];
  let seen = '';
  const used = { without: '', with: '' };
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    // Alternate, so that neither is always first.
    const rate = { without: 0, with: 0 };
    for (const each of pair % 2 === 1 ? (['without', 'with'] as const) : (['with', 'without'] as const)) {
      const open = each === 'with' ? await OpenPages.open(origin, pages, addresses) : undefined;
      const [gatewayBefore, ownBefore] = [await cpuSeconds(gateway), process.cpuUsage()];
      rate[each] = await consumerRate(`${each}-${pair}`, pairRows);
      open?.close();
      const own = process.cpuUsage(ownBefore);
      const cpu = `CPU of the gateway ${((await cpuSeconds(gateway)) - gatewayBefore).toFixed(1)} s, of this program ${((own.user + own.system) / 1e6).toFixed(1)} s`;
      used[each] = cpu;
      if (open)
        seen = `${grouped(open.events)} events, ${open.answers} answers, ${open.unchanged} unchanged, ${open.failures} failures`;
    }
    lines.push([`pair ${pair}`, grouped(rate.without), grouped(rate.with), (rate.with / rate.without).toFixed(2)]);
  }
  console.log(`\nThe consumer without and with ${pages} open pages, ${grouped(pairRows)} rows each, rows/s`);
  console.log(table([['', 'without', 'with', 'ratio'], ...lines]).join('\n'));
  console.log(`(last run without pages: ${used.without}; with pages: ${used.with}; they received ${seen})`);

  await client.query('TRUNCATE messages');
  const consumer = app({ name: 'consumer' }, { CONSUMER_GROUP_ID: 'bench-times' });
  const filled = watch(consumer, 'messages_consumed_total', rows);
  console.log('\nFirst paint and the slowest interaction while the consumer runs, median and worst, ms');
  const paints: string[][] = [['', 'cold', 'worst', 'warm', 'worst', 'interaction', 'worst']];
  for (const path of ['', 'overview']) {
    const times = await paintTimes(browser, `${origin}/${path}`, 5);
    paints.push([`./${path}`, ...[times.cold, times.warm, times.interactions].flatMap(middleAndWorst)]);
  }
  console.log(table(paints).join('\n'));
  await filled;
  await consumer.stop();

  await client.query('VACUUM ANALYZE messages');
  const times = await uncachedTimes(origin, addresses, Number(values.rounds));
  console.log(`\nRequests of the pages on ${grouped(rows)} rows, each reads the mart, ms`);
  const cells = [...times].map(([address, each]) => [
    address.replace(/columns=[^&]*/, 'columns=…'),
    ...[percentile(each, 0.5), percentile(each, 0.99)].map((ms) => ms.toFixed(0)),
    percentile(each, 0.99) > LIMIT_MS ? `over ${LIMIT_MS}` : '',
  ]);
  console.log(table([['', 'p50', 'p99', ''], ...cells]).join('\n'));
} finally {
  await browser?.close();
  await client.end();
  await gateway?.stop();
  await services.stop();
  await rm(join(STATE_DIR, 'data'), { recursive: true, force: true });
}

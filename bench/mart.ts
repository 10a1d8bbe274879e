import { mkdir, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatabaseClient } from '#platform/database/database-client.js';
import { generate } from '#sample-data/generate.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { grouped, table } from '#platform/terminal/screen.js';
import { ledgerDifferences } from '../dev/run/summary.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { timeMart } from './mart-times.js';
import { watch } from './watch.js';

const STATE_DIR = '.local/bench';
const LOG_DIR = join(STATE_DIR, 'logs');
const PARTS = 5;
const PAIRS = 4;

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, like: { type: 'string' } },
});
const rows = Number(values.rows);
/** Rows in each run that compares the consumer with and without the ledger. */
const pairRows = Math.min(rows, 1_000_000);

console.log(
  `${grouped(rows)} rows; Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
await resetServices({ stateDir: STATE_DIR });
await mkdir(LOG_DIR, { recursive: true });
const services = await startServices({ stateDir: STATE_DIR, log: console.log });
const env = appEnvironment({ KAFKA_BROKERS: services.kafkaBrokers, DATABASE_URL: services.databaseUrl, PORT: '0' });
const app = (options: Pick<AppOptions, 'name' | 'args'>, group?: string) =>
  new AppProcess({ ...options, env: group ? { ...env, CONSUMER_GROUP_ID: group } : env, output: { logDir: LOG_DIR } });
const client = new DatabaseClient(services.databaseUrl, { options: '-c timezone=UTC -c work_mem=64MB' });
await client.connect();
let gateway: AppProcess | undefined;

/** The rate of a consumer with its own group that reads the topic from the beginning into an empty table. */
async function consumerRate(name: string): Promise<number> {
  await client.query('TRUNCATE messages');
  await client.query('CHECKPOINT').catch(() => undefined); // makes runs comparable; it needs a privilege that the role may lack
  const consumer = app({ name: 'consumer' }, `bench-${name}`);
  const { rate } = await watch(consumer, 'messages_consumed_total', pairRows);
  await consumer.stop();
  return rate;
}

async function setLedger(state: 'ENABLE' | 'DISABLE'): Promise<void> {
  await client.query(`ALTER TABLE messages ${state} TRIGGER USER`);
}

try {
  const { files } = await generate({ out: join(STATE_DIR, 'data'), rows, like: values.like });
  await app({ name: 'mart-init', args: ['--reference', join(STATE_DIR, 'data')] }).whenDone();
  gateway = app({ name: 'gateway' });
  await app({ name: 'producer', args: ['--file', files.messages] }).whenDone();

  const pairs: string[][] = [];
  for (let pair = 1; pair <= PAIRS; pair++) {
    // Alternate, so that neither is always first.
    const rate = { DISABLE: 0, ENABLE: 0 };
    for (const state of pair % 2 === 1 ? (['DISABLE', 'ENABLE'] as const) : (['ENABLE', 'DISABLE'] as const)) {
      await setLedger(state);
      rate[state] = await consumerRate(`${state.toLowerCase()}-${pair}`);
    }
    const { DISABLE: without, ENABLE: withLedger } = rate;
    pairs.push([`pair ${pair}`, grouped(without), grouped(withLedger), (withLedger / without).toFixed(2)]);
  }
  console.log(`\nThe consumer without and with the ledger, ${grouped(pairRows)} rows each, rows/s`);
  console.log(table([['', 'without', 'with', 'ratio'], ...pairs]).join('\n'));

  await setLedger('ENABLE');
  await client.query('TRUNCATE messages');
  const consumer = app({ name: 'consumer' });
  const growth: string[][] = [];
  let batches = 0;
  let seconds = 0;
  for (let part = 1; part <= PARTS; part++) {
    const upTo = Math.round((rows * part) / PARTS);
    const began = performance.now();
    await watch(consumer, 'messages_consumed_total', upTo);
    const elapsed = (performance.now() - began) / 1000;
    const written = consumer.counts.sum('messages_batch_duration_seconds_count', { phase: 'write' });
    const writing = consumer.counts.sum('messages_batch_duration_seconds_sum', { phase: 'write' });
    const [{ n = '' } = {}] = (await client.query<{ n: string }>('SELECT count(*) AS n FROM ledger.deltas')).rows;
    growth.push([
      grouped(upTo),
      grouped(rows / PARTS / elapsed),
      ((1000 * (writing - seconds)) / (written - batches)).toFixed(1),
      n,
    ]);
    [batches, seconds] = [written, writing];
  }
  await consumer.stop();
  console.log('\nAs the table grows');
  console.log(table([['rows in the table', 'rows/s', 'ms to write a batch', 'deltas pending'], ...growth]).join('\n'));

  await client.query('VACUUM ANALYZE messages');
  console.log(`\nThe mart on ${grouped(rows)} rows, median and slowest of five, ms`);
  console.log(table(await timeMart(client)).join('\n'));
  console.log(`\n${await ledgerDifferences(client)} differences between the ledger and a recount of all rows`);
} finally {
  await client.end();
  await gateway?.stop();
  await services.stop();
  await rm(join(STATE_DIR, 'data'), { recursive: true, force: true });
}

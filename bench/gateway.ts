import { mkdir, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from '#sample-data/generate.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { grouped } from '#platform/terminal/screen.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { measureMonitoring, measureRest } from './rest-latency.js';
import { watch } from './watch.js';

const STATE_DIR = '.local/bench';
const LOG_DIR = join(STATE_DIR, 'logs');

const { values } = parseArgs({
  options: { rows: { type: 'string', default: '1000000' }, like: { type: 'string' } },
});
const rows = Number(values.rows);

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
  // One address sends all requests, so the rate limit must not apply.
  GATEWAY_RATE_LIMIT: '1000000',
});
const app = (options: Pick<AppOptions, 'name' | 'args'>) =>
  new AppProcess({ ...options, env, output: { logDir: LOG_DIR } });
let gateway: AppProcess | undefined;

try {
  const { files } = await generate({ out: join(STATE_DIR, 'data'), rows, like: values.like });
  await app({ name: 'mart-init', args: ['--reference', join(STATE_DIR, 'data')] }).whenDone();
  gateway = app({ name: 'gateway' });
  await app({ name: 'producer', args: ['--file', files.messages] }).whenDone();
  const consumer = app({ name: 'consumer' });
  await watch(consumer, 'messages_consumed_total', rows);
  await consumer.stop();

  await gateway.whenListening();
  const origin = `http://127.0.0.1:${gateway.port}`;
  await measureRest(origin);
  await measureMonitoring(origin, { Kafka: services.kafka!, PostgreSQL: services.postgres! });
} finally {
  await gateway?.stop();
  await services.stop();
  await rm(join(STATE_DIR, 'data'), { recursive: true, force: true });
}

import { mkdir, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DatabaseClient } from '#platform/database/database-client.js';
import { generate } from '#sample-data/generate.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { grouped, table } from '#platform/terminal/screen.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { watch, type Watched } from './watch.js';
import { writeCleanRows } from './clean-rows.js';
import { copyByPsql } from './psql-copy.js';
import { compareWriteStrategies } from './write-strategies.js';

const STATE_DIR = '.local/bench';
const LOG_DIR = join(STATE_DIR, 'logs');

const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' } } });
const rows = Number(values.rows);

console.log(
  `${rows} rows; Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
await resetServices({ stateDir: STATE_DIR });
await mkdir(LOG_DIR, { recursive: true });
const services = await startServices({ stateDir: STATE_DIR, log: console.log });
const env = appEnvironment({ KAFKA_BROKERS: services.kafkaBrokers, DATABASE_URL: services.databaseUrl, PORT: '0' });
const app = (options: Pick<AppOptions, 'name' | 'args'>) =>
  new AppProcess({ ...options, env, output: { logDir: LOG_DIR } });
const client = new DatabaseClient(services.databaseUrl, { options: '-c timezone=UTC' });
await client.connect();

try {
  const { files } = await generate({ out: join(STATE_DIR, 'data'), rows });
  await app({ name: 'mart-init' }).whenDone();
  const cleanRows = join(STATE_DIR, 'data', 'clean-rows.copy');
  await writeCleanRows(files.messages, cleanRows);

  const producer = app({ name: 'producer', args: ['--file', files.messages] });
  const produced = await watch(producer, 'messages_produced_total', rows);
  await producer.whenDone();

  const before = await copyByPsql(client, services.databaseUrl, cleanRows, rows);
  const consumer = app({ name: 'consumer' });
  const consumed = await watch(consumer, 'messages_consumed_total', rows);
  await consumer.stop();
  const after = await copyByPsql(client, services.databaseUrl, cleanRows, rows);
  const limit = (before + after) / 2;
  const strategies = await compareWriteStrategies(services.databaseUrl, cleanRows);

  const line = (name: string, rate: number, watched?: Watched) => [
    name,
    `${grouped(rate)} rows/s`,
    (rate / limit).toFixed(2),
    watched ? `${((watched.cpuSeconds / rows) * 1e6).toFixed(1)} µs` : '',
    watched ? `${Math.round(watched.peakBytes / 1e6)} MB` : '',
  ];
  console.log(
    [
      '',
      ...table([
        ['', 'rate', 'of the limit', 'CPU a row', 'peak memory'],
        line('psql \\copy, before', before),
        line('psql \\copy, after', after),
        line('producer: file to topic', produced.rate, produced),
        line('consumer: topic to mart', consumed.rate, consumed),
      ]),
      '',
      'Ways to write batches of 10,000 new rows, PostgreSQL only',
      ...table([
        ['', 'rate', 'of the limit'],
        ...strategies.map(({ name, rate }) => [name, `${grouped(rate)} rows/s`, (rate / limit).toFixed(2)]),
      ]),
    ].join('\n'),
  );
} finally {
  await client.end();
  await services.stop();
  await rm(join(STATE_DIR, 'data'), { recursive: true, force: true });
}

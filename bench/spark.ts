import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from '#sample-data/generate.js';
import { AppProcess, type AppOptions } from '../dev/run/app-process.js';
import { appEnvironment } from '../dev/run/config/environment.js';
import { grouped, table } from '#platform/terminal/screen.js';
import { resetServices, startServices } from '../dev/services/services.js';
import { startSpark } from '../dev/spark/spark.js';
import { backfillSeconds } from './backfill.js';
import { timeJob, type SparkTimes } from './spark-times.js';
import { emptyMart } from './empty-mart.js';
import { watch } from './watch.js';

const STATE_DIR = '.local/bench';
const LOG_DIR = join(STATE_DIR, 'logs');
const FULL_ROWS = 708_447_796;

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rows = Number(values.rows);

console.log(
  `${grouped(rows)} rows; Node ${process.version}, ${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
);
await resetServices({ stateDir: STATE_DIR });
await mkdir(LOG_DIR, { recursive: true });
const services = await startServices({ stateDir: STATE_DIR, log: console.log });
const servers = { KAFKA_BROKERS: services.kafkaBrokers, DATABASE_URL: services.databaseUrl };
const env = appEnvironment({ ...servers, PORT: '0' });
const app = (options: Pick<AppOptions, 'name' | 'args'>) =>
  new AppProcess({ ...options, env, output: { logDir: LOG_DIR } });

/** Starts a cluster with this many cores for one job, so that no measurement profits from code an executor compiled earlier. */
async function onSpark<T>(
  cores: number,
  work: (spark: Awaited<ReturnType<typeof startSpark>>) => Promise<T>,
): Promise<T> {
  await emptyMart(services.databaseUrl);
  const stateDir = join(STATE_DIR, 'spark');
  await rm(stateDir, { recursive: true, force: true });
  const spark = await startSpark({ stateDir, logDir: LOG_DIR, cores, command: 'npm run bench:spark' });
  try {
    return await work(spark);
  } finally {
    await spark.stop();
  }
}

const fromKafka = (cores: number) =>
  onSpark(cores, async (spark) => {
    const job = spark.job({
      name: 'job',
      env: { ...servers, SPARK_CHECKPOINT_DIR: join(spark.stateDir, 'checkpoint'), SPARK_TRIGGER_SECONDS: '0' },
    });
    return timeJob(job, spark.cluster, rows);
  });

const fromFiles = (cores: number, file: string) =>
  onSpark(cores, (spark) =>
    backfillSeconds(
      spark.job({ name: 'backfill', args: ['--source', 'files', '--path', resolve(file)], env: servers }),
    ),
  );

try {
  const { files } = await generate({ out: join(STATE_DIR, 'data'), rows });
  await app({ name: 'mart-init' }).whenDone();
  await app({ name: 'producer', args: ['--file', files.messages] }).whenDone();

  const consumer = app({ name: 'consumer' });
  const consumed = await watch(consumer, 'messages_consumed_total', rows);
  await consumer.stop();

  const coreCounts = [1, availableParallelism()];
  const jobs: [cores: number, times: SparkTimes][] = [];
  for (const cores of coreCounts) jobs.push([cores, await fromKafka(cores)]);
  const backfill = await fromFiles(availableParallelism(), files.messages);

  const line = (name: string, warm?: number, cold?: number, cpuMicros?: number) => [
    name,
    warm === undefined ? '' : `${grouped(warm)} rows/s`,
    warm === undefined ? '' : (warm / consumed.rate).toFixed(2),
    warm === undefined ? '' : `${(FULL_ROWS / warm / 3600).toFixed(1)} h`,
    cold === undefined ? '' : `${grouped(cold)} rows/s`,
    cpuMicros === undefined ? '' : `${cpuMicros.toFixed(1)} µs`,
  ];
  console.log(
    [
      '',
      ...table([
        ['', 'warm', 'of the consumer', `${grouped(FULL_ROWS)} rows`, 'with the start', 'CPU a row'],
        line('consumer', consumed.rate, undefined, (consumed.cpuSeconds / rows) * 1e6),
        ...jobs.map(([cores, { rate, allSeconds, cpuMicros }]) =>
          line(`Spark from Kafka, ${cores} core(s)`, rate, rows / allSeconds, cpuMicros),
        ),
        line(`Spark from files, ${availableParallelism()} cores`, undefined, rows / backfill),
      ]),
      '',
      'What the tasks from Kafka did',
      ...table([
        ['', 'CPU of the JVM', 'copy', 'merge', 'the rest waits', 'first rows after'],
        ...jobs.map(([cores, { tasks, firstSeconds }]) => [
          `${cores} core(s)`,
          share(tasks.cpu, tasks.all),
          share(tasks.copy, tasks.all),
          share(tasks.merge, tasks.all),
          share(tasks.all - tasks.cpu - tasks.copy - tasks.merge, tasks.all),
          `${firstSeconds.toFixed(0)} s`,
        ]),
      ]),
      '',
      'Phases of the last micro-batch, as Spark names them, in seconds',
      ...jobs.map(([cores, { phases }]) => `  ${cores} core(s): ${phases.join(', ')}`),
    ].join('\n'),
  );
} finally {
  await services.stop();
  await rm(join(STATE_DIR, 'data'), { recursive: true, force: true });
}

function share(seconds: number, all: number): string {
  return `${((100 * seconds) / all).toFixed(0)} %`;
}

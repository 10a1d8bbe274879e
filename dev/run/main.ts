import { join } from 'node:path';
import { ANALYST_URL_FILE, API_TOKEN_FILE, LOG_DIR, OWNER_URL_FILE, STATE_DIR } from '../services/local-state.js';
import type { Services } from '../services/services.js';
import { exit } from '#platform/bootstrap/exit.js';
import { fileCalls } from '#platform/csv/file-calls.js';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { startSpark, type Spark } from '../spark/spark.js';
import { apiToken } from './api-token.js';
import { Apps } from './apps.js';
import { ConsumerEngine } from './consumer-engine.js';
import { dataFiles } from './data-files.js';
import { OptionsError, readOptions, USAGE, type RunOptions } from './options.js';
import { Pipeline } from './pipeline.js';
import { Screen } from '#platform/terminal/screen.js';
import { report } from './report.js';
import { roleUrls, writeUrl, type RoleUrls } from './role-urls.js';
import { ScrapeTargets } from './scrape-targets.js';
import { SparkEngine } from './spark-engine.js';
import { startServers } from './start-servers.js';

const SPARK_STATE_DIR = join(STATE_DIR, 'spark-state');
/** Read by observability/prometheus/prometheus.yml. */
const SCRAPE_TARGETS_FILE = join(STATE_DIR, 'prometheus', 'targets.json');

const interrupted = new AbortController();
const screen = new Screen();

/** @returns whether every row of the file is in the mart or in quarantine, and every sum of the mart is right */
async function run(options: RunOptions): Promise<boolean> {
  const { signal } = interrupted;
  const files = await dataFiles(options, STATE_DIR, screen);
  let services: Services | undefined;
  let spark: Spark | undefined;
  let pipeline: Pipeline | undefined;
  try {
    services = await startServers(signal, (line) => screen.say(`servers     ${line}`));
    const roles = await roleUrls(services.databaseUrl, services.postgres !== undefined, ANALYST_URL_FILE);
    if (options.engine !== 'consumer') {
      spark = await startSpark({
        stateDir: SPARK_STATE_DIR,
        logDir: LOG_DIR,
        command: `npm start -- --engine ${options.engine}`,
        signal,
        log: (line) => screen.say(`spark       ${line}`),
      });
    }
    pipeline = pipelineOf(
      new Apps(services.kafkaBrokers, roles, LOG_DIR, await apiToken(API_TOKEN_FILE)),
      spark,
      options,
    );
    await pipeline.initMart(files.reference);
    await writeUrl(OWNER_URL_FILE, roles.owner);
    await writeUrl(ANALYST_URL_FILE, roles.analyst);
    await pipeline.startServices(signal);
    await pipeline.stream(files, options.rate, signal);
    const complete = await report({
      databaseUrl: services.databaseUrl,
      files: await findCsvFiles(files.messages),
      pipeline,
      screen,
      signal,
    });
    // Ctrl-C may have arrived at the end of the report.
    if (!options.exit && !signal.aborted) {
      printNextSteps(pipeline, roles);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    }
    return complete;
  } catch (error) {
    if (!signal.aborted) throw error;
    screen.say('Interrupted; `npm start` with the same options resumes from here.');
    return false;
  } finally {
    if (services) screen.say('Stopping…');
    await pipeline?.stop();
    await spark?.stop();
    await services?.stop();
  }
}

function pipelineOf(apps: Apps, spark: Spark | undefined, { engine, continues }: RunOptions): Pipeline {
  const targets = new ScrapeTargets(SCRAPE_TARGETS_FILE);
  if (spark === undefined) return new Pipeline(apps, screen, targets, new ConsumerEngine(apps, continues));
  const follows = engine === 'both';
  const sparkEngine = new SparkEngine(spark, follows, apps, screen);
  return follows
    ? new Pipeline(apps, screen, targets, new ConsumerEngine(apps, continues), sparkEngine)
    : new Pipeline(apps, screen, targets, sparkEngine);
}

function printNextSteps(pipeline: Pipeline, roles: RoleUrls): void {
  const url = `http://localhost:${pipeline.gateway?.port}`;
  const urlFile = roles.analyst === undefined ? OWNER_URL_FILE : ANALYST_URL_FILE;
  const places = [
    [`${url}/`, 'the live page: the flow and the mart at a glance'],
    ['npm run pgadmin', 'the mart in pgAdmin, with a saved query for each question'],
    [`psql "$(cat ${urlFile})"`, 'the mart; try: \\dv+ mart.* and select * from mart.daily_rates'],
    [`${url}/health`, 'health of the whole pipeline'],
    [`${url}/docs`, 'the mart and the pipeline over REST'],
    [`${url}/metrics`, 'metrics for Prometheus'],
    [`cat ${API_TOKEN_FILE}`, 'the token that opens single messages and rejected records'],
    ...pipeline.pages,
    [`${LOG_DIR}/`, 'logs of servers and apps'],
  ] as const;
  const width = Math.max(...places.map(([place]) => place.length));
  screen.say('\nWhat to look at next');
  for (const [place, what] of places) screen.say(`  ${place.padEnd(width)}  ${what}`);
  screen.say('\nEverything keeps running until Ctrl-C.');
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  fileCalls.onReport = (text) => screen.say(`files       ${text}`);
  interrupted.signal.addEventListener('abort', () => fileCalls.end(0));
  try {
    const options = readOptions(process.argv.slice(2));
    if (options.help) return console.log(USAGE);
    process.exitCode = (await run(options)) ? 0 : 1;
  } catch (error) {
    console.error(error instanceof OptionsError ? error.message : `\n${(error as Error).message}`);
    process.exitCode = error instanceof OptionsError ? 2 : 1;
  }
}

await main();
// A file system that does not respond would keep the process alive.
if (interrupted.signal.aborted) setTimeout(exit, 1000).unref();

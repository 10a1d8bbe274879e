import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generate } from '#sample-data/generate.js';
import { Apps } from '../../dev/run/apps.js';
import { ConsumerEngine } from '../../dev/run/consumer-engine.js';
import { Pipeline } from '../../dev/run/pipeline.js';
import { roleUrls } from '../../dev/run/role-urls.js';
import { ScrapeTargets } from '../../dev/run/scrape-targets.js';
import { bar, grouped, Screen } from '#platform/terminal/screen.js';
import { ledgerDifferences } from '../../dev/run/summary.js';
import { withMartReader } from '../../dev/services/mart-reader.js';
import { resetServices, startServices } from '../../dev/services/services.js';
import { runQuery, compare } from './query-result.js';
import { totalOf, type Cell } from './cell.js';
import { countMessages } from './count-messages.js';
import { fileDifferences } from './file-differences.js';
import { MART_QUERIES } from './queries.js';
import { readAggregate } from './read-aggregate.js';
import { totals, comparisonLines, type CheckedQuery } from './report.js';

const USAGE = `Usage: npm run oracle -- AGGREGATE.csv [--rows N]
  Generates a file with the aggregate's counts (N rows; default: all), streams it through separate servers into a
  separate mart, and compares every view with the counts. All rows of the demo need about 14 GB of disk.`;

const STATE_DIR = '.local/oracle';
const LOG_DIR = join(STATE_DIR, 'logs');
const DATA_DIR = join(STATE_DIR, 'data');

const interrupted = new AbortController();
const screen = new Screen();

/** @returns whether the mart matches the file's counts, and the file the aggregate's */
async function run({ path, rows: wanted }: Options): Promise<boolean> {
  const { signal } = interrupted;
  const aggregate = await readAggregate(path);
  await clear();
  await mkdir(LOG_DIR, { recursive: true });

  const { files, rows } = await generate({ out: DATA_DIR, like: path, rows: wanted }, (progress) =>
    screen.show(() => [
      `file        ${bar(progress.rows / progress.totalRows)}  ${grouped(progress.rows)} rows generated`,
    ]),
  );
  signal.throwIfAborted();
  const file = await countMessages(files.messages, aggregate);
  signal.throwIfAborted();
  const wrong = fileDifferences(file, aggregate, rows);
  screen.say(`file        ${grouped(rows)} rows, ${wrong.length === 0 ? "the aggregate's totals" : wrong.join('; ')}`);
  const isWhole = rows === totalOf(aggregate)['sent'];

  const services = await startServices({
    stateDir: STATE_DIR,
    logDir: LOG_DIR,
    signal,
    log: (line) => screen.say(`servers     ${line}`),
  });
  const roles = await roleUrls(services.databaseUrl, true, join(STATE_DIR, 'analyst-url'));
  const apps = new Apps(services.kafkaBrokers, roles, LOG_DIR);
  const targets = new ScrapeTargets(join(STATE_DIR, 'prometheus', 'targets.json'));
  const pipeline = new Pipeline(apps, screen, targets, new ConsumerEngine(apps));
  try {
    await pipeline.initMart(DATA_DIR);
    await pipeline.startServices(signal);
    await pipeline.stream({ messages: [files.messages], reference: DATA_DIR }, undefined, signal);
    const same = await judge(services.databaseUrl, isWhole ? [file, aggregate] : [file]);
    return same && wrong.length === 0;
  } finally {
    await pipeline.stop();
    await services.stop();
  }
}

/** @param sources each a set of counts that the mart must match */
function judge(databaseUrl: string, sources: readonly (readonly Cell[])[]): Promise<boolean> {
  return withMartReader(databaseUrl, async (client) => {
    const checked: CheckedQuery[] = [];
    for (const query of MART_QUERIES) {
      const result = await runQuery(client, query);
      const comparisons = sources.map((cells) => compare(query, result, cells));
      checked.push({ name: query.name, result, comparisons });
    }
    const ledger = await ledgerDifferences(client);
    const typesAndChannels = checked.find(({ name }) => name === 'mart.type_channel_rates')!.result;
    const lines = [
      '',
      'Totals of the file, expected and actual',
      ...totals(sources.at(-1)!, typesAndChannels),
      '',
      'Every value of the views',
      ...comparisonLines(checked),
      '',
      `Ledger entries that differ from a recount of all rows: ${ledger}`,
    ];
    for (const line of lines) screen.say(line);
    const isSame = checked.every(({ comparisons }) => comparisons.every(({ differences }) => differences.length === 0));
    return isSame && ledger === 0;
  });
}

async function clear(): Promise<void> {
  await resetServices({ stateDir: STATE_DIR });
  await rm(DATA_DIR, { recursive: true, force: true });
}

interface Options {
  readonly path: string;
  readonly rows: number | undefined;
}

/** @returns undefined if the command line is invalid */
function readOptions(args: string[]): Options | undefined {
  try {
    const { values, positionals } = parseArgs({ args, options: { rows: { type: 'string' } }, allowPositionals: true });
    const [path, ...others] = positionals;
    if (path === undefined || others.length > 0 || !/^\d{1,10}$/.test(values.rows ?? '1')) return undefined;
    return { path, rows: values.rows === undefined ? undefined : Number(values.rows) };
  } catch {
    return undefined;
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  const same = await run(options);
  screen.say(
    same ? '\nNo differences.' : `\nThere are differences. The data stays in ${STATE_DIR} until the next run.`,
  );
  if (same) await clear();
  return same ? 0 : 1;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(interrupted.signal.aborted ? 'Interrupted.' : `\n${(error as Error).message}`);
  process.exitCode = 1;
}

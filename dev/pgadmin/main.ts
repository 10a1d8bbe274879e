import { join } from 'node:path';
import { givenMart } from './config/environment.js';
import { findMart } from './find-mart.js';
import { ensureInstallation } from './installation.js';
import { startPgAdmin } from './pgadmin-server.js';

const STATE_DIR = '.local';
const FOLDER = join(STATE_DIR, 'pgadmin');
/** Written by `npm start`. */
const URL_FILE = join(STATE_DIR, 'analyst-url');

const interrupted = new AbortController();

async function run(): Promise<void> {
  const { signal } = interrupted;
  const log = (line: string) => console.log(`pgAdmin     ${line}`);
  const mart = await findMart(givenMart(), URL_FILE);
  console.log(`mart        ${mart.database} on ${mart.host}:${mart.port}, as ${mart.user}`);
  const python = await ensureInstallation({ folder: FOLDER, log, signal });
  const pgAdmin = await startPgAdmin({ stateDir: FOLDER, python, mart, log, signal });
  try {
    console.log(`\n  ${pgAdmin.url}\n`);
    console.log(
      'Object Explorer > Servers > Message mart, and Tools > Query Tool; there Open File shows the saved queries.',
    );
    console.log(
      `Queries of your own are kept in ${join(FOLDER, 'queries')}, next to the saved ones, which each start renews.`,
    );
    console.log('\npgAdmin keeps running until Ctrl-C.');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    console.log('Stopping…');
    await pgAdmin.stop();
  }
}

async function main(): Promise<void> {
  // A timer, because the server is a process of its own that keeps nothing waiting here.
  const stayUp = setInterval(() => undefined, 60_000);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interrupted.abort());
  try {
    await run();
  } catch (error) {
    if (!interrupted.signal.aborted) {
      console.error(`\n${(error as Error).message}`);
      process.exitCode = 1;
    }
  } finally {
    clearInterval(stayUp);
  }
}

await main();

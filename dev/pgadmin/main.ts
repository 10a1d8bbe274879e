import { join } from 'node:path';
import { ANALYST_URL_FILE, STATE_DIR } from '../services/local-state.js';
import { configuredMart } from './config/environment.js';
import { findMart } from './find-mart.js';
import { ensureInstallation } from './installation.js';
import { startPgAdmin } from './pgadmin-server.js';

const FOLDER = join(STATE_DIR, 'pgadmin');

const interrupted = new AbortController();

async function run(): Promise<void> {
  const { signal } = interrupted;
  const log = (line: string) => console.log(`pgAdmin     ${line}`);
  const mart = await findMart(configuredMart(), ANALYST_URL_FILE);
  console.log(`mart        ${mart.database} on ${mart.host}:${mart.port}, as ${mart.user}`);
  const python = await ensureInstallation({ folder: FOLDER, log, signal });
  const pgAdmin = await startPgAdmin({ stateDir: FOLDER, python, mart, log, signal });
  try {
    console.log(`\n  ${pgAdmin.url}\n`);
    console.log(
      'Open Object Explorer > Servers > Message mart, then Tools > Query Tool; its Open File lists the saved queries.',
    );
    console.log(
      `Save your own queries in ${join(FOLDER, 'queries')}. Each start renews the saved queries there and keeps yours.`,
    );
    console.log('\npgAdmin keeps running until Ctrl-C.');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
  } finally {
    console.log('Stopping…');
    await pgAdmin.stop();
  }
}

async function main(): Promise<void> {
  // The server is a separate process; without a timer this one would exit.
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

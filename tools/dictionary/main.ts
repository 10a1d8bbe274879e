import { writeFile } from 'node:fs/promises';
import { configuredServers } from '../../dev/run/config/environment.js';
import { derivedFiles } from './derived-files.js';
import { documentsOf } from './documents.js';
import { withPostgresServer } from './own-postgres.js';
import { withMigratedDatabase } from './scratch-database.js';

let interrupted = false;

async function main(): Promise<void> {
  // This takes seconds, so an interrupted run goes to its end and leaves no server or database behind.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (interrupted = true));
  try {
    const { files, uncommented } = await withPostgresServer(configuredServers().databaseUrl, (url) =>
      withMigratedDatabase(url, documentsOf),
    );
    if (interrupted) throw new Error('interrupted');
    if (uncommented.length > 0)
      throw new Error(`These objects have no comment in the database: ${uncommented.join(', ')}`);
    for (const [path, text] of Object.entries({ ...files, ...(await derivedFiles()) })) {
      await writeFile(path, text);
      console.log(`Wrote ${path}`);
    }
  } catch (error) {
    console.error(interrupted ? 'Interrupted; nothing was written.' : (error as Error).message);
    process.exitCode = 1;
  }
}

await main();

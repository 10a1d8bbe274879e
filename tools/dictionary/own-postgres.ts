import { join, resolve } from 'node:path';
import { checkConfiguredPostgres } from '../../dev/services/connect.js';
import { PostgresServer } from '../../dev/services/postgres-server.js';
import { claimState } from '../../dev/services/state-lock.js';

const STATE_DIR = '.local/docs';

/**
 * Runs `work` on the given PostgreSQL, or else on a temporary one, which is stopped afterwards. Its state is separate from that of
 * `npm start`, so both can run at once.
 *
 * @throws ServiceError its message says what to do next
 */
export async function withPostgresServer<T>(
  databaseUrl: string | undefined,
  work: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  if (databaseUrl !== undefined) {
    await checkConfiguredPostgres(databaseUrl);
    return work(databaseUrl);
  }
  const stateDir = resolve(STATE_DIR);
  const release = claimState(stateDir);
  const server = new PostgresServer({
    stateDir: join(stateDir, 'postgres'),
    logDir: join(stateDir, 'logs'),
    log: console.log,
  });
  try {
    await server.start();
    return await work(server.databaseUrl);
  } finally {
    await server.stop().finally(release);
  }
}

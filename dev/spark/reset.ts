import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ServerProcess } from '../services/server-process.js';
import { claimState } from '../services/state-lock.js';

/**
 * Stops processes that a killed run left behind and removes the state of cluster and jobs, checkpoints included. The
 * installation stays.
 * @throws ServiceError STATE_IN_USE
 */
export async function resetSpark(stateDir: string): Promise<void> {
  const release = claimState(resolve(stateDir));
  try {
    const records = (await readdir(stateDir, { recursive: true })).filter((name) => name.endsWith('process.json'));
    for (const record of records) {
      const orphan = new ServerProcess({
        name: `The process of ${record}`,
        recordFile: join(stateDir, record),
        logFile: '',
        // Order does not matter: their state is removed anyway.
        endings: [{ signal: 'SIGKILL', withinMs: 5_000 }],
        readyWithinMs: 0,
      });
      if (orphan.adopt()) await orphan.kill();
    }
    await rm(stateDir, { recursive: true, force: true });
  } finally {
    release();
  }
}

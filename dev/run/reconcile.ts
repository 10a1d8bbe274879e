import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Reconciliation } from '#schema/reconciliation.js';
import { findProjectRoot } from '../services/project.js';
import { appEnvironment } from './config/environment.js';

/**
 * Looks up every line of the files in the mart with `npm run reconcile`, which shows its progress and its errors itself.
 *
 * @throws Error if it fails; the signal's reason once it is aborted
 */
export async function reconcile(
  databaseUrl: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<Reconciliation> {
  signal.throwIfAborted();
  const main = join(findProjectRoot(), 'dist', 'apps', 'reconcile', 'src', 'main.js');
  const child = spawn(process.execPath, [main, '--json', ...files], {
    env: appEnvironment({ DATABASE_URL: databaseUrl }),
    // It ends when the IPC channel closes, so it never outlives this process.
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const interrupt = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt, { once: true });
  try {
    const [output] = await Promise.all([text(child.stdout!), once(child, 'close')]);
    signal.throwIfAborted();
    if (output === '') throw new Error('Reconciling the files with the mart failed; see the message above.');
    return JSON.parse(output) as Reconciliation;
  } finally {
    signal.removeEventListener('abort', interrupt);
  }
}

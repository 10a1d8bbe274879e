import type { DatabaseConnection } from '#platform/database/database-connection.js';
import { abortableSleep } from '#platform/retry/backoff.js';

/**
 * Waits for the database, then repeats `work` until the signal aborts.
 *
 * @param work never rejects; returns how long to pause after it, in ms
 */
export async function repeatUntilShutdown(
  connection: DatabaseConnection,
  signal: AbortSignal,
  work: () => Promise<number>,
): Promise<void> {
  try {
    await connection.whenReady();
    for (;;) await abortableSleep(await work(), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

import type { LoggerService } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { abortableSleep } from '#platform/retry/backoff.js';

const POLL_MS = 200;

/**
 * Waits for the advisory lock that all mart-init processes of a database share. It belongs to the transaction: whatever ends
 * that, a killed process included, sets it free.
 *
 * Asks again and again instead of blocking: a waiting statement could not be left at shutdown.
 * @throws the signal's reason when aborted.
 */
export async function waitForLock(runner: QueryRunner, signal: AbortSignal, logger: LoggerService): Promise<void> {
  for (let attempt = 1; !(await tryLock(runner)); attempt++) {
    if (attempt === 1) logger.log('Another mart-init is at work on this database; waiting until it is done');
    await abortableSleep(POLL_MS, signal);
  }
  signal.throwIfAborted();
}

async function tryLock(runner: QueryRunner): Promise<boolean> {
  const [row] = (await runner.query(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('messages-pipeline mart-init', 0)) AS locked`,
  )) as [{ locked: boolean }];
  return row.locked;
}

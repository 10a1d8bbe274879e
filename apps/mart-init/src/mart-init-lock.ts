import type { LoggerService } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import { abortableSleep } from '#platform/retry/backoff.js';

const POLL_MS = 200;

/**
 * Waits for the advisory lock that all mart-init processes of a database share. The lock ends with the transaction, even when
 * the process is killed.
 *
 * Polls instead of blocking, because a blocked statement could not be interrupted at shutdown.
 * @throws the reason of the signal when it aborts.
 */
export async function waitForLock(runner: QueryRunner, signal: AbortSignal, logger: LoggerService): Promise<void> {
  for (let attempt = 1; !(await tryLock(runner)); attempt++) {
    if (attempt === 1) logger.log('Another mart-init is running on this database; waiting until it finishes');
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

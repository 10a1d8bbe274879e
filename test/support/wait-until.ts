import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Polls until `condition` gives something truthy, and gives that back. What it throws counts as "not yet".
 * @param what is waited for; in the error
 * @param deadlineMs generous: it only bounds how long a failing test takes
 * @throws Error with the last thing that the condition gave or threw
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 30_000,
  pollMs = POLL_MS,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      if (error instanceof HopelessError) throw error;
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s; last: ${String(last)}`, { cause: last });
    }
    await sleep(pollMs);
  }
}

/** Thrown by a condition that can never come true any more. */
export class HopelessError extends Error {}

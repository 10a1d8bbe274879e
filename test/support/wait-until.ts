import { setTimeout as sleep } from 'node:timers/promises';

const MIN_POLL_MS = 25;
const MAX_POLL_MS = 200;

/**
 * Polls until `condition` returns a truthy value, and returns that value. An error it throws counts as "not yet".
 * @param what the condition in words, for the error message
 * @param deadlineMs generous by default: it only bounds how long a failing test takes
 * @param pollMs the delay between two polls; by default it grows with the time waited, which leaves the cores to the apps
 * @throws Error with the last value or error of the condition; an UnrecoverableError at once
 */
export async function waitUntil<T>(
  what: string,
  condition: () => T | Promise<T>,
  deadlineMs = 30_000,
  pollMs?: number,
): Promise<NonNullable<T>> {
  const start = performance.now();
  for (;;) {
    let last: unknown;
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      if (error instanceof UnrecoverableError) throw error;
      last = error;
    }
    const waited = performance.now() - start;
    if (waited > deadlineMs) {
      throw new Error(`${what}: not within ${deadlineMs / 1000} s; last: ${String(last)}`, { cause: last });
    }
    await sleep(pollMs ?? Math.min(Math.max(waited / 10, MIN_POLL_MS), MAX_POLL_MS));
  }
}

/** Thrown by a condition that can no longer come true, so that waitUntil fails without waiting for the deadline. */
export class UnrecoverableError extends Error {}

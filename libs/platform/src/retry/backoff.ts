import { setTimeout as sleep } from 'node:timers/promises';

export interface Backoff {
  /** Upper bound of the first delay, in ms. */
  baseMs: number;
  /** Upper bound of every delay, in ms. */
  maxMs: number;
}

const DEFAULT_BACKOFF: Backoff = { baseMs: 200, maxMs: 10_000 };

/**
 * Exponential backoff with full jitter: uniform in [0, min(maxMs, baseMs * 2^attempt)), so that replicas that lost the same server
 * do not all return at once (AWS Architecture Blog, "Exponential Backoff and Jitter").
 *
 * @param attempt 0 for the delay after the first failure.
 */
export function backoffDelayMs(attempt: number, { baseMs, maxMs }: Backoff = DEFAULT_BACKOFF): number {
  return Math.random() * Math.min(maxMs, baseMs * 2 ** attempt);
}

export interface RetryOptions {
  /** Default: every error is retriable. */
  isRetriable?: (error: unknown) => boolean;
  /** Called before each wait; `attempt` counts failures from 1. */
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  /** Stops retrying when it aborts. */
  signal?: AbortSignal;
  backoff?: Backoff;
}

/**
 * Calls `fn` until it succeeds.
 *
 * @throws an error of `fn` that is not retriable; the reason of the signal when it aborts.
 */
export async function retryForever<T>(fn: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { isRetriable = () => true, onRetry, signal, backoff } = options;
  for (let attempt = 0; ; attempt++) {
    signal?.throwIfAborted();
    try {
      return await fn();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isRetriable(error)) throw error;
      const delayMs = backoffDelayMs(attempt, backoff);
      onRetry?.(error, attempt + 1, delayMs);
      await abortableSleep(delayMs, signal);
    }
  }
}

/** Sleeps. @throws the reason of the signal, not the AbortError of Node.js */
export async function abortableSleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

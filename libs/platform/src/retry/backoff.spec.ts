import { describe, expect, it } from '@jest/globals';
import { abortableSleep, backoffDelayMs, retryForever } from './backoff.js';

const quick = { baseMs: 1, maxMs: 2 };

describe('backoffDelayMs', () => {
  it.each([
    [0, 100],
    [3, 800],
    [10, 1000],
    [5000, 1000],
  ])('after failure %i draws from all of [0, %i)', (attempt, bound) => {
    const drawn = Array.from({ length: 2000 }, () => backoffDelayMs(attempt, { baseMs: 100, maxMs: 1000 }));

    expect(Math.min(...drawn)).toBeLessThan(bound * 0.1);
    expect(Math.max(...drawn)).toBeGreaterThan(bound * 0.9);
    expect(Math.max(...drawn)).toBeLessThan(bound);
  });
});

describe('retryForever', () => {
  it('retries until it succeeds and reports each failure', async () => {
    const failures: [string, number][] = [];
    let calls = 0;

    const result = await retryForever(
      () => (++calls < 4 ? Promise.reject(new Error(`no ${calls}`)) : Promise.resolve('yes')),
      {
        backoff: quick,
        onRetry: (error, attempt) => failures.push([(error as Error).message, attempt]),
      },
    );

    expect(result).toBe('yes');
    expect(failures).toEqual([
      ['no 1', 1],
      ['no 2', 2],
      ['no 3', 3],
    ]);
  });

  it('throws an error that is not retriable at once', async () => {
    let calls = 0;
    const attempt = () => Promise.reject(new Error(`call ${++calls}`));

    await expect(retryForever(attempt, { isRetriable: () => false })).rejects.toThrow('call 1');
  });

  it('throws the reason of the signal when it aborts during a wait', async () => {
    const abort = new AbortController();
    const reason = new Error('shutting down');

    const result = retryForever(() => Promise.reject(new Error('down')), {
      signal: abort.signal,
      backoff: { baseMs: 2 ** 30, maxMs: 2 ** 30 },
      onRetry: () => queueMicrotask(() => abort.abort(reason)),
    });

    await expect(result).rejects.toBe(reason);
  });

  it('does not start when the signal has already aborted', async () => {
    let calls = 0;
    const count = () => Promise.resolve(++calls);

    await expect(retryForever(count, { signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow('over');
    expect(calls).toBe(0);
  });
});

describe('abortableSleep', () => {
  it('throws the reason of the signal', async () => {
    const abort = new AbortController();
    const sleeping = abortableSleep(2 ** 30, abort.signal);
    abort.abort(new Error('enough'));

    await expect(sleeping).rejects.toThrow('enough');
  });
});

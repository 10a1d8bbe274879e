import { describe, expect, it } from '@jest/globals';
import { orAborted } from './or-aborted.js';

const never = new Promise<never>(() => undefined);

describe('orAborted', () => {
  it('returns the result of the work', async () => {
    const { signal } = new AbortController();
    await expect(orAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  });

  it('throws the reason of the signal, whether it aborts before or during the wait', async () => {
    const stop = new AbortController();
    const waiting = orAborted(never, stop.signal);
    stop.abort(new Error('ending'));
    await expect(waiting).rejects.toThrow('ending');
    await expect(orAborted(never, stop.signal)).rejects.toThrow('ending');
  });
});

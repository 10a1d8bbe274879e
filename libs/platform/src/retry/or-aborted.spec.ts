import { describe, expect, it } from '@jest/globals';
import { orAborted } from './or-aborted.js';

const never = new Promise<never>(() => undefined);

describe('orAborted', () => {
  it('gives what the work gives', async () => {
    const { signal } = new AbortController();
    await expect(orAborted(Promise.resolve(7), signal)).resolves.toBe(7);
    await expect(orAborted(Promise.reject(new Error('failed')), signal)).rejects.toThrow('failed');
  });

  it('stops waiting with the reason of the signal, whenever it comes', async () => {
    const stop = new AbortController();
    const waiting = orAborted(never, stop.signal);
    stop.abort(new Error('ending'));
    await expect(waiting).rejects.toThrow('ending');
    await expect(orAborted(never, stop.signal)).rejects.toThrow('ending');
  });
});

import { describe, expect, it } from '@jest/globals';
import { choosePort, withAnotherPort } from './ports.js';
import { ServiceError } from './service-error.js';

const allFreeBut = (...busy: number[]) => {
  return (port: number) => Promise.resolve(!busy.includes(port));
};

describe('choosePort', () => {
  it('prefers the port of the last run', async () => {
    expect(await choosePort([21_000, 9092], [], allFreeBut())).toBe(21_000);
  });

  it('takes the usual port if there was no last run', async () => {
    expect(await choosePort([undefined, 9092], [], allFreeBut())).toBe(9092);
  });

  it('never returns the same port twice', async () => {
    expect(await choosePort([9092, 9093], [9092], allFreeBut())).toBe(9093);
  });

  it('otherwise takes a port outside the range of outgoing connections', async () => {
    const port = await choosePort([9092], [], allFreeBut(9092));
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  });
});

describe('withAnotherPort', () => {
  const taken = new ServiceError('PORT_TAKEN', 'taken');

  it('tries again if the port was taken in the meantime', async () => {
    let starts = 0;
    await withAnotherPort(() => (++starts < 3 ? Promise.reject(taken) : Promise.resolve()));
    expect(starts).toBe(3);
  });

  it('gives up after three ports', async () => {
    let starts = 0;
    await expect(withAnotherPort(() => (starts++, Promise.reject(taken)))).rejects.toBe(taken);
    expect(starts).toBe(3);
  });

  it('does not try again after any other failure', async () => {
    const failure = new ServiceError('SERVER_DID_NOT_START', 'broken');
    let starts = 0;
    await expect(withAnotherPort(() => (starts++, Promise.reject(failure)))).rejects.toBe(failure);
    expect(starts).toBe(1);
  });
});

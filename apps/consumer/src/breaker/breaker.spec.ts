import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HealthRegistry, type HealthState } from '#platform/health/health-registry.js';
import { batchOf } from './batch.fixture.js';
import { Breaker, type BreakerSettings } from './breaker.js';

let health: HealthRegistry;
let gauge: boolean[];
let errors: string[];
const never = new AbortController().signal;

beforeEach(() => {
  health = new HealthRegistry();
  gauge = [];
  errors = [];
  jest.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void errors.push(String(line)));
  for (const level of ['log', 'warn'] as const) jest.spyOn(Logger.prototype, level).mockImplementation(() => undefined);
});

afterEach(() => {
  jest.restoreAllMocks();
});

function breakerOf(settings: Partial<BreakerSettings> = {}): Breaker {
  const metrics = { breakerOpen: (isOpen: boolean) => void gauge.push(isOpen) };
  return new Breaker({ share: 0.5, records: 100, accepting: false, ...settings }, health, metrics);
}

function readiness(): HealthState {
  return health.readiness.get('breaker')!() as HealthState;
}

/** Whether the batch may be written at once. */
async function passes(breaker: Breaker, records: number, bad: number): Promise<boolean> {
  let passed = false;
  void breaker.pass(batchOf(records, bad), never).then(() => (passed = true));
  await new Promise(setImmediate);
  return passed;
}

describe('Breaker', () => {
  it('opens above the limit, not at it', async () => {
    const breaker = breakerOf();
    expect(await passes(breaker, 100, 50)).toBe(true);
    expect(await passes(breaker, 100, 51)).toBe(false);
    expect(gauge).toEqual([false, true]);
  });

  it('does not judge by fewer records than configured', async () => {
    const breaker = breakerOf();
    expect(await passes(breaker, 99, 99)).toBe(true);
    expect(await passes(breaker, 1, 1)).toBe(false);
  });

  it('holds later batches too, whatever they have', async () => {
    const breaker = breakerOf();
    expect(await passes(breaker, 100, 100)).toBe(false);
    expect(await passes(breaker, 1000, 0)).toBe(false);
  });

  it('says the share, the commonest reasons and what to do, on /readyz and once in the log', async () => {
    const breaker = breakerOf();
    await passes(breaker, 2000, 1203);

    const { up, detail } = readiness();
    expect(up).toBe(false);
    expect(detail).toMatch(
      /^reading has stopped: 1,203 of the last 2,000 records are bad \(60\.2 %, limit 50 %\)\. Commonest reasons: id: missing \(1,203\)\. .*start it with --continue, or send POST \/breaker\/continue$/,
    );
    await passes(breaker, 100, 100);
    expect(errors).toEqual([detail]);
  });

  it('lets the held batches continue when told, and accepts bad ones until their share has fallen', async () => {
    const breaker = breakerOf();
    const written: number[] = [];
    const held = [100, 200].map((bad) => breaker.pass(batchOf(bad, bad), never).then(() => written.push(bad)));
    await new Promise(setImmediate);
    expect(written).toEqual([]);

    expect(breaker.continue()).toBe(true);
    await Promise.all(held);
    expect(written).toEqual([100, 200]);
    expect(gauge).toEqual([false, true, false]);
    expect(readiness()).toEqual({
      up: true,
      detail: 'accepting bad records as told: 300 of the last 300 records are bad (100 %, limit 50 %)',
    });

    expect(await passes(breaker, 300, 300)).toBe(true);
    expect(await passes(breaker, 600, 0)).toBe(true);
    expect(readiness()).toEqual({ up: true });
    expect(await passes(breaker, 600, 600)).toBe(false);
  });

  it('is not continued while it is closed', async () => {
    const breaker = breakerOf();
    expect(breaker.continue()).toBe(false);
    expect(await passes(breaker, 100, 100)).toBe(false);
  });

  it('can accept bad records from the start', async () => {
    const breaker = breakerOf({ accepting: true });
    expect(await passes(breaker, 100, 100)).toBe(true);
    expect(await passes(breaker, 99, 0)).toBe(true);
    expect(await passes(breaker, 1, 0)).toBe(true);
    expect(await passes(breaker, 300, 300)).toBe(false);
  });

  it('is off with a share of 1', async () => {
    const breaker = breakerOf({ share: 1 });
    expect(await passes(breaker, 5000, 5000)).toBe(true);
    expect(readiness()).toEqual({ up: true, detail: 'off' });
    expect(gauge).toEqual([false]);
  });

  it('throws the reason of the signal when the app shuts down', async () => {
    const stop = new AbortController();
    const held = breakerOf().pass(batchOf(100, 100), stop.signal);
    stop.abort(new Error('shutting down'));
    await expect(held).rejects.toThrow('shutting down');
  });
});

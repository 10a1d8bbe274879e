import { ServiceUnavailableException } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import type { HealthCheckResult } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { HealthModule } from './health.module.js';
import { HealthRegistry, type HealthState } from './health-registry.js';

let module: TestingModule;
let registry: HealthRegistry;
let controller: HealthController;

beforeEach(async () => {
  module = await Test.createTestingModule({ imports: [HealthModule] }).compile();
  registry = module.get(HealthRegistry);
  controller = module.get(HealthController);
});

afterEach(() => module.close());

/** Status and details of the HTTP response. */
async function ask(question: 'livez' | 'readyz'): Promise<[number, HealthCheckResult['details']]> {
  try {
    return [200, (await controller[question]()).details];
  } catch (error) {
    if (!(error instanceof ServiceUnavailableException)) throw error;
    return [503, (error.getResponse() as HealthCheckResult).details];
  }
}

describe('HealthController', () => {
  it('is live and ready without checks', async () => {
    expect(await ask('livez')).toEqual([200, {}]);
    expect(await ask('readyz')).toEqual([200, {}]);
  });

  it('names the dependency that is down and why, and stays live', async () => {
    registry.registerReadiness('kafka', () => ({ up: true, detail: '6 partitions' }));
    registry.registerReadiness('postgresql', () => Promise.resolve({ up: false, detail: 'connect ECONNREFUSED' }));

    expect(await ask('readyz')).toMatchObject([
      503,
      {
        kafka: { status: 'up', message: '6 partitions' },
        postgresql: { status: 'down', message: 'connect ECONNREFUSED' },
      },
    ]);
    expect(await ask('livez')).toEqual([200, {}]);
  });

  it('fails liveness only for a liveness check', async () => {
    registry.registerLiveness('consumer', () => ({ up: false, detail: 'crashed' }));

    expect(await ask('livez')).toMatchObject([503, { consumer: { status: 'down', message: 'crashed' } }]);
    expect(await ask('readyz')).toEqual([200, {}]);
  });

  it('is down for a check that throws or does not answer in time', async () => {
    registry.registerReadiness('broken', () => Promise.reject(new Error('boom')));
    registry.registerReadiness('silent', () => new Promise(() => undefined));

    expect(await ask('readyz')).toMatchObject([
      503,
      {
        broken: { status: 'down', message: 'boom' },
        silent: { status: 'down', message: 'no answer for 0.9 s' },
      },
    ]);
  });

  it('tolerates a late answer, and is down for a check that stays silent', async () => {
    let answer: (state: HealthState) => void = () => undefined;
    registry.registerReadiness('slow', () => new Promise<HealthState>((resolve) => (answer = resolve)));
    jest.useFakeTimers();
    const statusAfter = async (milliseconds: number, state?: HealthState) => {
      const answered = ask('readyz');
      await jest.advanceTimersByTimeAsync(milliseconds);
      if (state) answer(state);
      return (await answered)[0];
    };
    try {
      expect(await statusAfter(800, { up: true })).toBe(200);
      expect(await statusAfter(900)).toBe(200);
      expect(await statusAfter(700, { up: true })).toBe(200);

      for (let asked = 0; asked < 5; asked++) expect(await statusAfter(900)).toBe(200);
      expect(await statusAfter(900)).toBe(503);
      expect(await statusAfter(0, { up: true })).toBe(200);
      expect(await statusAfter(0, { up: false })).toBe(503);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is live but not ready while shutting down, and runs no checks', async () => {
    let asked = 0;
    registry.registerReadiness('kafka', () => ({ up: ++asked > 0 }));
    registry.beginShutdown();

    expect(await ask('readyz')).toMatchObject([503, { process: { status: 'down', message: 'shutting down' } }]);
    expect(await ask('livez')).toEqual([200, {}]);
    expect(asked).toBe(0);
  });

  it('refuses a second check with the same name', () => {
    registry.registerReadiness('kafka', () => ({ up: true }));

    expect(() => registry.registerReadiness('kafka', () => ({ up: true }))).toThrow('kafka is already registered');
  });
});

import { describe, expect, it } from '@jest/globals';
import { RatePacing, ReplayPacing, type Pacing } from './pacing.js';

class Clock {
  time = 5_000;
  readonly now = (): number => this.time;
}

/** Sends every row that is due, in steps of 10 ms. @returns the number of rows sent in each second */
function rowsPerSecond(pacing: Pacing, clock: Clock, seconds: number): number[] {
  return Array.from({ length: seconds }, () => {
    let rows = 0;
    for (let step = 0; step < 100; step++, clock.time += 10) while (pacing.delay(undefined) === 0) rows += 1;
    return rows;
  });
}

describe('RatePacing', () => {
  it.each([[1], [30], [1_000], [12_345]])('sends %i rows in each second', (rate) => {
    const clock = new Clock();
    for (const rows of rowsPerSecond(new RatePacing(rate, clock.now), clock, 5))
      expect(Math.abs(rows - rate)).toBeLessThanOrEqual(rate / 50 + 1);
  });

  it('returns how long the next row has to wait', () => {
    const clock = new Clock();
    const pacing = new RatePacing(4, clock.now);
    expect([pacing.delay(), pacing.delay(), pacing.delay()]).toEqual([0, 250, 250]);
    clock.time += 100;
    expect(pacing.delay()).toBe(150);
  });

  it('catches up at most one second after an interruption', () => {
    const clock = new Clock();
    const pacing = new RatePacing(100, clock.now);
    pacing.delay();
    clock.time += 60_000;
    let rows = 0;
    while (pacing.delay() === 0) rows += 1;
    expect(rows).toBe(101);
  });
});

describe('ReplayPacing', () => {
  it('sends a row when the accelerated clock reaches its sent_at', () => {
    const clock = new Clock();
    const pacing = new ReplayPacing(60, clock.now);
    expect(pacing.delay('2021-05-08 12:00:00')).toBe(0);
    expect(pacing.delay('2021-05-08 12:01:00')).toBe(1_000);
    clock.time += 400;
    expect(pacing.delay('2021-05-08 12:01:00')).toBe(600);
    clock.time += 600;
    expect(pacing.delay('2021-05-08T12:01:00.5Z')).toBeCloseTo(500 / 60);
    expect(pacing.delay('2021-05-08 12:01:00')).toBe(0);
  });

  it.each([undefined, '', 'yesterday', '2021-13-45 00:00:00'])(
    'sends a row without a readable sent_at at once: %j',
    (sentAt) => {
      const pacing = new ReplayPacing(1, new Clock().now);
      expect(pacing.delay(sentAt)).toBe(0);
      expect(pacing.delay('2021-05-08 12:00:00')).toBe(0);
      expect(pacing.delay(sentAt)).toBe(0);
      expect(pacing.delay('2021-05-08 12:00:01')).toBe(1_000);
    },
  );

  it('sends a row with an earlier sent_at at once', () => {
    const pacing = new ReplayPacing(1, new Clock().now);
    pacing.delay('2021-05-08 12:00:00');
    expect(pacing.delay('2021-05-07 12:00:00')).toBe(0);
  });
});

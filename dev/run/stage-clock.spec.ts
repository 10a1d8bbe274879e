import { describe, expect, it } from '@jest/globals';
import { StageClock } from './stage-clock.js';

describe('StageClock', () => {
  it('measures from the last update without rows to the last change', () => {
    const clock = new StageClock();
    clock.update(0, 1000);
    clock.update(0, 2000);
    clock.update(500, 3000);
    clock.update(1000, 4000);
    clock.update(1000, 9000);
    expect(clock.seconds).toBe(2);
    expect(clock.rate).toBe(500);
    expect(clock.rows).toBe(1000);
  });

  it('measures nothing without rows', () => {
    const clock = new StageClock();
    clock.update(0, 1000);
    clock.update(0, 5000);
    expect(clock.seconds).toBe(0);
    expect(clock.rate).toBe(0);
  });
});

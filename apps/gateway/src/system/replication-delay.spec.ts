import { describe, expect, it } from '@jest/globals';
import { ReplicationDelay } from './replication-delay.js';

describe('the delay of a standby', () => {
  it('is 0 while the standby has everything, however long the primary was idle', () => {
    const delay = new ReplicationDelay();
    expect(delay.update(100, 100, 0)).toBe(0);
    expect(delay.update(100, 120, 3_600_000)).toBe(0);
  });

  it('counts from the first time that the primary had more', () => {
    const delay = new ReplicationDelay();
    delay.update(100, 100, 0);
    expect(delay.update(200, 100, 1000)).toBe(0);
    expect(delay.update(300, 100, 5000)).toBe(4);
    // It has replayed the first of the two.
    expect(delay.update(300, 200, 9000)).toBe(4);
    expect(delay.update(300, 300, 9500)).toBe(0);
    expect(delay.update(400, 300, 60_000)).toBe(0);
  });

  it('stays right while a standby is behind for hours', () => {
    const delay = new ReplicationDelay();
    for (let second = 1; second <= 10_000; second++) {
      expect(delay.update(second, 0, second * 1000)).toBe(second - 1);
    }
    expect(delay.update(10_000, 5000, 10_000_000)).toBeGreaterThan(4900);
    expect(delay.update(10_000, 10_000, 10_000_000)).toBe(0);
  });
});

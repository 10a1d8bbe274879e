import { describe, expect, it } from '@jest/globals';
import { RateMeter } from './rate-meter.js';

function meterOf(...counts: readonly (readonly [second: number, count: number])[]): RateMeter {
  const meter = new RateMeter();
  for (const [second, count] of counts) meter.add(count, second * 1000);
  return meter;
}

describe('RateMeter', () => {
  it('is null before the second count', () => {
    expect(meterOf().perSecond).toBeNull();
    expect(meterOf([0, 7]).perSecond).toBeNull();
  });

  it('is the mean of the last ten seconds, to a tenth', () => {
    expect(meterOf([0, 100], [3, 200]).perSecond).toBe(33.3);
    const counts = Array.from({ length: 31 }, (_, second) => [second, second < 20 ? 0 : (second - 20) * 50] as const);
    expect(meterOf(...counts).perSecond).toBe(50);
  });

  it('falls to 0 when the count stops growing', () => {
    expect(meterOf([0, 0], [1, 900], [11, 900], [12, 900]).perSecond).toBe(0);
  });

  it('works when samples are rare', () => {
    expect(meterOf([0, 0], [60, 600], [120, 1800]).perSecond).toBe(20);
  });

  it('resets when the count falls', () => {
    expect(meterOf([0, 1000], [5, 0], [6, 10]).perSecond).toBe(10);
  });
});

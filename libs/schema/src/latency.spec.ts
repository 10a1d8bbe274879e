import { describe, expect, it } from '@jest/globals';
import { latencyBound, latencyBucket, latencyQuantile } from './latency.js';

const WEEK_MS = 7 * 86_400_000;

describe('latency buckets', () => {
  it.each([0, 1, 9.99, 10, 10.01, 11, 12, 100, 1000, 59_999, 3_600_000, WEEK_MS / 2])(
    'contain %d ms between their bounds',
    (ms) => {
      const bucket = latencyBucket(ms);
      expect(ms).toBeLessThanOrEqual(latencyBound(bucket) * (1 + 1e-9));
      if (bucket > 0) expect(ms).toBeGreaterThan(latencyBound(bucket - 1) * (1 - 1e-9));
    },
  );

  it('count what lies outside in the first and the last one', () => {
    expect(latencyBucket(-5_000)).toBe(0);
    expect(latencyBucket(Number.NaN)).toBe(0);
    expect(latencyBucket(50 * WEEK_MS)).toBe(latencyBucket(2 * WEEK_MS));
    expect(latencyBucket(Infinity)).toBe(latencyBucket(2 * WEEK_MS));
  });

  it('keep their bounds, because stored counts depend on them', () => {
    expect([0, 4, 40, 80].map(latencyBound)).toEqual([10, 20, 10_240, 10_485_760]);
    expect(latencyBucket(20)).toBe(4);
    expect(latencyBucket(20.1)).toBe(5);
  });
});

describe('latencyQuantile', () => {
  it('is null without records', () => {
    expect(latencyQuantile([], 0.5)).toBeNull();
    expect(latencyQuantile([0, 0], 0.99)).toBeNull();
  });

  it('is within a bucket of the exact quantile', () => {
    const latencies = Array.from({ length: 10_000 }, (_, i) => 20 + i);
    const counts: number[] = [];
    for (const ms of latencies) counts[latencyBucket(ms)] = (counts[latencyBucket(ms)] ?? 0) + 1;
    const filled = Array.from(counts, (count) => count ?? 0);
    for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
      const exact = (20 + share * 10_000) / 1000;
      const quantile = latencyQuantile(filled, share)!;
      expect(quantile / exact).toBeGreaterThan(0.84);
      expect(quantile / exact).toBeLessThan(1.19);
    }
  });

  it('of records that took no time is at most 10 ms', () => {
    expect(latencyQuantile([7], 0.99)).toBeLessThanOrEqual(0.01);
  });
});

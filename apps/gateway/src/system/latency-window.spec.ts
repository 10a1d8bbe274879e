import { beforeEach, describe, expect, it } from '@jest/globals';
import { latencyBucket } from '#schema/latency.js';
import { LatencyWindow, type StoredLatency } from './latency-window.js';

const NOW = Date.UTC(2026, 0, 1);
const LONG_AGO = new Date(NOW - 3_600_000).toISOString();
const JUST_NOW = new Date(NOW - 1000).toISOString();

type Records = readonly [ms: number, records: number];

/** Records with a latency of so many ms. */
function counts(...records: readonly Records[]): number[] {
  const result = new Array<number>(60).fill(0);
  for (const [ms, count] of records) result[latencyBucket(ms)]! += count;
  return result;
}

const stored = (key: string, since: string, ...records: readonly Records[]): StoredLatency => ({
  ...{ key, since },
  counts: counts(...records),
});

let latencies: LatencyWindow;

beforeEach(() => {
  latencies = new LatencyWindow();
});

describe('LatencyWindow', () => {
  it('knows nothing before the first record', () => {
    latencies.add([], NOW);
    expect(latencies.latency).toBeUndefined();
  });

  it('ignores records from before the gateway started, unless they are recent', () => {
    latencies.add([stored('0', LONG_AGO, [1000, 5])], NOW);
    expect(latencies.latency).toBeUndefined();
    latencies.add([stored('0', LONG_AGO, [1000, 5], [100, 7])], NOW + 1000);
    expect(latencies.latency).toMatchObject({ records: 7, window_seconds: 60, at: new Date(NOW + 1000) });

    const other = new LatencyWindow();
    other.add([stored('0', JUST_NOW, [1000, 5])], NOW);
    expect(other.latency).toMatchObject({ records: 5 });
  });

  it('counts everything of a consumer that began again, and nothing twice', () => {
    latencies.add([stored('0', LONG_AGO, [1000, 100])], NOW);
    latencies.add([stored('0', JUST_NOW, [100, 3])], NOW + 1);
    latencies.add([stored('0', JUST_NOW, [100, 3])], NOW + 2);
    latencies.add([stored('1', JUST_NOW, [100, 2])], NOW + 3);
    expect(latencies.latency).toMatchObject({ records: 5 });
    expect(latencies.latency!.p99_seconds).toBeGreaterThan(0.08);
    expect(latencies.latency!.p99_seconds).toBeLessThan(0.12);
  });

  it('covers a minute, and keeps the last one in which records arrived', () => {
    latencies.add([], NOW);
    latencies.add([stored('0', JUST_NOW, [10_000, 100])], NOW);
    latencies.add([stored('0', JUST_NOW, [10_000, 100], [100, 10])], NOW + 61_000);
    expect(latencies.latency).toMatchObject({ records: 10, at: new Date(NOW + 61_000) });
    latencies.add([stored('0', JUST_NOW, [10_000, 100], [100, 10])], NOW + 600_000);
    expect(latencies.latency).toMatchObject({ records: 10, at: new Date(NOW + 61_000) });
  });

  it('is never negative, also if counts shrink', () => {
    latencies.add([], NOW);
    latencies.add([stored('0', JUST_NOW, [0, 10])], NOW);
    latencies.add([stored('0', JUST_NOW, [0, 4])], NOW + 1000);
    expect(latencies.latency).toMatchObject({ records: 10 });
    expect(latencies.latency!.p50_seconds).toBeGreaterThanOrEqual(0);
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { RecentSamples, type History } from './recent-samples.js';

const NOW = Date.UTC(2026, 0, 1);

let recent: RecentSamples;

beforeEach(() => {
  recent = new RecentSamples();
});

function state(at: number, perSecond: number | null) {
  const stage = { count: 0, per_second: perSecond };
  return {
    at: new Date(at).toISOString(),
    stages: { produced: stage, consumed: stage, stored: stage, quarantined: stage },
    lag: { records: 5 } as never,
    latency: { p50_seconds: 0.2, p99_seconds: 0.5, at: new Date(at).toISOString(), window_seconds: 60 } as never,
  };
}

function history(times: readonly number[]): History {
  const column = times.map((_, index) => index);
  return {
    times: [...times],
    rates: { produced: column, consumed: column, stored: column, quarantined: column },
    lag: { records: column, seconds: column },
    latency: { p50_seconds: column.map(() => null), p99_seconds: column.map(() => null) },
  };
}

const known = () => recent.slots().filter(({ stored }) => stored !== null);

describe('RecentSamples', () => {
  it('has nothing before the first event', () => {
    expect(recent.slots()).toEqual([]);
  });

  it('continues the history of the gateway, a sample a second', () => {
    recent.begin(history([NOW - 2000, NOW - 1000, NOW]));
    expect(recent.add(state(NOW + 500, 7))).toBe(false);
    expect(recent.add(state(NOW + 1000, 8))).toBe(true);
    const slots = recent.slots();
    expect(slots).toHaveLength(300);
    expect(slots.slice(-4).map(({ stored }) => stored)).toEqual([0, 1, 2, 8]);
    expect(slots.at(-1)).toMatchObject({ at: NOW + 1000, lag: 5, p50: 0.2, p99: 0.5 });
  });

  it('keeps what it has when the gateway was restarted', () => {
    recent.add(state(NOW, 7));
    recent.begin(history([]));
    expect(known()).toHaveLength(1);
    recent.begin(history([NOW + 5000, NOW + 6000]));
    expect(known().map(({ stored }) => stored)).toEqual([7, 0, 1]);
  });

  it('shows a gap where nothing was observed, but none where samples are a little late', () => {
    for (const second of [0, 1.4, 3.1, 10, 11]) recent.add(state(NOW + second * 1000, 1));
    const recorded = recent.slots().slice(-12);
    expect(recorded.map(({ stored }) => stored)).toEqual([1, 1, 1, 1, null, null, null, null, null, null, 1, 1]);
  });

  it('keeps five minutes, however long it runs', () => {
    for (let second = 0; second < 30_000; second++) recent.add(state(NOW + second * 1000, second));
    expect(known()).toHaveLength(300);
    expect(recent.slots()[0]?.stored).toBe(29_700);
  });

  it('survives a clock that is set back, and one that jumps ahead', () => {
    for (let second = 0; second < 10; second++) recent.add(state(NOW + second * 1000, 1));
    expect(recent.add(state(NOW - 3_600_000, 2))).toBe(true);
    expect(known()).toHaveLength(1);
    expect(recent.add(state(NOW + 3_600_000, 3))).toBe(true);
    expect(known()).toHaveLength(1);
  });

  it('has no latency of a minute without records', () => {
    recent.add({ ...state(NOW, 1), latency: state(NOW - 61_000, 1).latency });
    expect(recent.slots().at(-1)).toMatchObject({ p50: null, p99: null });
  });
});

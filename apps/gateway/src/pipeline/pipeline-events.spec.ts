import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { EventTarget } from './event-listeners.js';
import { PipelineEvents } from './pipeline-events.js';
import type { ComponentName } from '../system/component.js';
import type { PipelineState } from './pipeline-state.js';

let rows: number;
let lag: number;
let events: PipelineEvents;
let watched: boolean[];
const monitor = {
  onAnswer: (_: ComponentName): void => undefined,
  setWatched: (isWatched: boolean) => void watched.push(isWatched),
};

function observe(): PipelineState {
  const stage = { count: rows, per_second: 0 };
  return {
    at: new Date(),
    stages: { produced: stage, consumed: stage, stored: stage, quarantined: stage },
    mart: { changed_at: null },
    lag: { records: lag, seconds: 0 },
    latency: { p50_seconds: 0.2, p99_seconds: 0.5, window_seconds: 60, at: new Date() },
  } as unknown as PipelineState;
}

class Target extends EventEmitter {
  readonly types: string[] = [];
  readonly states: PipelineState[] = [];
  history: { times: number[]; rates: { stored: number[] } } | undefined;
  writableNeedDrain = false;
  destroyed = false;
  writableEnded = false;

  write(event: Buffer): boolean {
    const [, type, data] = /^event: (\w+)\n(?:id: .*\n)?data: (.*)\n\n$/.exec(String(event))!;
    this.types.push(type!);
    if (type === 'history') this.history = JSON.parse(data!) as typeof this.history;
    else this.states.push(JSON.parse(data!) as PipelineState);
    return true;
  }

  end(): void {
    this.writableEnded = true;
  }
}

function listen(): Target {
  const target = new Target();
  events.listen(target as unknown as EventTarget);
  return target;
}

const after = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  jest.useFakeTimers();
  rows = lag = 0;
  watched = [];
  events = new PipelineEvents({ observe }, monitor, 2, { gauge: () => ({ set: () => undefined }) } as never);
  events.onApplicationBootstrap();
});

afterEach(() => {
  events.onModuleDestroy();
  jest.useRealTimers();
});

describe('PipelineEvents', () => {
  it('sends the history first, then the state at once', async () => {
    await after(3000);
    const { types, history, states } = listen();
    expect(types).toEqual(['history', 'pipeline']);
    expect(history).toMatchObject({ rates: { stored: [0, 0, 0] } });
    expect(history!.times).toHaveLength(3);
    expect(states).toHaveLength(1);
  });

  it('keeps five minutes', async () => {
    await after(400_000);
    expect(listen().history!.times).toHaveLength(300);
  });

  it('sends a change as soon as a component has answered', async () => {
    await after(1700);
    const { states } = listen();
    rows = 5;
    monitor.onAnswer('kafka');
    await after(1);
    expect(states.map(({ stages }) => stages.stored.count)).toEqual([0, 5]);
  });

  it('sends at most two events a second, and at least one', async () => {
    await after(1700);
    const { states } = listen();
    for (let i = 0; i < 100; i++) {
      rows++;
      monitor.onAnswer('kafka');
      await after(100);
    }
    expect(states.length).toBeGreaterThanOrEqual(20);
    expect(states.length).toBeLessThanOrEqual(22);
    const before = states.length;
    for (let i = 0; i < 100; i++) {
      monitor.onAnswer('kafka');
      await after(100);
    }
    expect(states.length - before).toBeGreaterThanOrEqual(9);
    expect(states.length - before).toBeLessThanOrEqual(12);
  });

  it('sends a commit at once, although other news was sent just now', async () => {
    await after(1700);
    const { states } = listen();
    rows = 1;
    monitor.onAnswer('kafka');
    await after(1);
    rows = 2;
    monitor.onAnswer('mart');
    await after(1);
    expect(states.at(-1)!.stages.stored.count).toBe(1);
    await after(500);
    expect(states.at(-1)!.stages.stored.count).toBe(2);
    lag = 7;
    await after(400);
    monitor.onAnswer('kafka');
    await after(200);
    expect(states.at(-1)!.lag.records).toBe(7);
    rows = 3;
    monitor.onAnswer('mart');
    expect(states.at(-1)!.stages.stored.count).toBe(3);
  });

  it('sends two commits a second, however many there are', async () => {
    await after(1700);
    const { states } = listen();
    for (let i = 0; i < 100; i++) {
      rows++;
      monitor.onAnswer(i % 3 === 0 ? 'kafka' : 'mart');
      await after(100);
    }
    expect(states.length).toBeGreaterThanOrEqual(20);
    expect(states.length).toBeLessThanOrEqual(24);
  });

  it('keeps the newest state also without listeners, and says whether there are any', async () => {
    rows = 7;
    monitor.onAnswer('kafka');
    await after(501);
    expect(events.newest.stages.stored.count).toBe(7);
    const target = listen();
    target.emit('close');
    expect(watched).toEqual([true, false]);
  });

  it('has room for so many listeners', () => {
    listen();
    events.checkRoom();
    listen();
    expect(() => events.checkRoom()).toThrow(/All 2 event streams are in use/);
  });

  it('ends its streams, and takes no more', () => {
    const target = listen();
    events.onModuleDestroy();
    expect(target.writableEnded).toBe(true);
    expect(listen().writableEnded).toBe(true);
  });
});

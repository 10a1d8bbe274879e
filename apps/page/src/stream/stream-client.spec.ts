import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { pauseBefore, StreamClient, type EventStream } from './stream-client.js';
import type { Connection, StreamMessage } from './stream-messages.js';

class FakeStream implements EventStream {
  isClosed = false;
  private readonly listeners = new Map<string, (event: { readonly data: string }) => void>();

  addEventListener(name: string, listener: (event: { readonly data: string }) => void): void {
    this.listeners.set(name, listener);
  }

  send(name: string, data = '{}'): void {
    this.listeners.get(name)?.({ data });
  }

  fail(): void {
    this.send('error');
  }

  close(): void {
    this.isClosed = true;
  }
}

let streams: FakeStream[];
let messages: StreamMessage[];
let polls: { resolve: (data: string) => void; reject: (error: Error) => void }[];
let client: StreamClient;

const newest = () => streams.at(-1)!;
const open = () => streams.filter(({ isClosed }) => !isClosed);
const events = () => messages.flatMap((each) => (each.kind === 'event' ? [`${each.name} ${each.data}`] : []));
const connection = (): Connection => messages.at(-1)!.connection;

beforeEach(() => {
  jest.useFakeTimers();
  [streams, messages, polls] = [[], [], []];
  client = new StreamClient({
    open: () => {
      streams.push(new FakeStream());
      return newest();
    },
    poll: () => new Promise((resolve, reject) => polls.push({ resolve, reject })),
    listener: (message) => messages.push(message),
    random: () => 0,
  });
  client.start();
});

afterEach(() => {
  client.stop();
  expect(jest.getTimerCount()).toBe(0);
  expect(open()).toEqual([]);
  jest.useRealTimers();
});

describe('pauseBefore', () => {
  it('doubles up to 15 s, and is up to a fifth shorter', () => {
    expect([1, 2, 3, 4, 5, 50].map((attempt) => pauseBefore(attempt, 0))).toEqual([
      1000, 2000, 4000, 8000, 15_000, 15_000,
    ]);
    expect([0, 0.5, 1].map((random) => pauseBefore(3, random))).toEqual([4000, 3600, 3200]);
  });
});

describe('StreamClient', () => {
  it('is live from the first event on, and passes events on in order', () => {
    expect(connection()).toMatchObject({ state: 'connecting', attempt: 0, receivedAt: null });
    newest().send('history', '[]');
    newest().send('pipeline', '{"at":1}');

    expect(events()).toEqual(['history []', 'pipeline {"at":1}']);
    expect(connection()).toEqual({ state: 'live', attempt: 0, retryAt: null, receivedAt: Date.now() });
  });

  it('tells at once that the connection broke, and when it tries again', () => {
    newest().send('pipeline');
    newest().fail();

    expect(connection()).toMatchObject({ state: 'waiting', attempt: 1, retryAt: Date.now() + 1000 });
    expect(open()).toEqual([]);
    jest.advanceTimersByTime(999);
    expect(streams).toHaveLength(1);
    jest.advanceTimersByTime(1);
    expect(streams).toHaveLength(2);
    expect(connection()).toMatchObject({ state: 'connecting', attempt: 1, retryAt: null });
  });

  it('waits longer from one failure to the next, and begins anew after an event', () => {
    const pauses: number[] = [];
    for (let i = 0; i < 6; i++) {
      newest().fail();
      pauses.push(connection().retryAt! - Date.now());
      jest.advanceTimersByTime(pauses.at(-1)!);
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 15_000, 15_000]);
    newest().send('pipeline');
    newest().fail();
    expect(connection()).toMatchObject({ attempt: 1, retryAt: Date.now() + 1000 });
  });

  it('gives up a connection that is silent, open or not', () => {
    jest.advanceTimersByTime(5000);
    expect(connection()).toMatchObject({ state: 'waiting', attempt: 1 });
    jest.advanceTimersByTime(1000);
    newest().send('pipeline');
    jest.advanceTimersByTime(4999);
    expect(connection().state).toBe('live');
    jest.advanceTimersByTime(1);
    expect(connection()).toMatchObject({ state: 'waiting', attempt: 1 });
    expect(open()).toEqual([]);
  });

  it('ignores a stream that it has given up', () => {
    const first = newest();
    first.fail();
    first.send('pipeline', 'late');
    first.fail();

    expect(events()).toEqual([]);
    expect(connection()).toMatchObject({ state: 'waiting', attempt: 1 });
  });

  it('reads the state by itself from the second failure on, for example without a free stream', async () => {
    newest().fail();
    expect(polls).toHaveLength(0);
    jest.advanceTimersByTime(1000);
    newest().fail();
    polls[0]!.resolve('{"at":2}');
    await Promise.resolve();

    expect(events()).toEqual(['pipeline {"at":2}']);
    expect(connection()).toMatchObject({ state: 'waiting', attempt: 2, receivedAt: Date.now() });
  });

  it('goes on if that fails too', async () => {
    newest().fail();
    jest.advanceTimersByTime(1000);
    newest().fail();
    polls[0]!.reject(new Error('fetch failed'));
    await Promise.resolve();
    jest.advanceTimersByTime(2000);

    expect(streams).toHaveLength(3);
    expect(events()).toEqual([]);
  });

  it('does not let a late answer replace an event, or arrive after the end', async () => {
    newest().fail();
    jest.advanceTimersByTime(1000);
    newest().fail();
    jest.advanceTimersByTime(2000);
    newest().send('pipeline', 'newer');
    polls[0]!.resolve('older');
    await Promise.resolve();
    expect(events()).toEqual(['pipeline newer']);

    newest().fail();
    jest.advanceTimersByTime(1000);
    newest().fail();
    client.stop();
    polls[1]!.resolve('after the end');
    await Promise.resolve();
    expect(events()).toEqual(['pipeline newer']);
  });

  it('tries at once when woken while waiting, and keeps a live stream', () => {
    newest().fail();
    client.wake();
    expect(streams).toHaveLength(2);
    client.wake();
    expect(streams).toHaveLength(2);
    newest().send('pipeline');
    client.wake();
    expect(streams).toHaveLength(2);
  });

  it('opens another stream when woken after sleep, in which no timer ran', () => {
    newest().send('pipeline');
    jest.setSystemTime(Date.now() + 3_600_000);
    client.wake();

    expect(streams).toHaveLength(2);
    expect(open()).toHaveLength(1);
  });

  it('starts again after it was stopped', () => {
    client.stop();
    client.start();
    newest().send('pipeline');
    expect(connection().state).toBe('live');
  });
});

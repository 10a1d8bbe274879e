import { describe, expect, it } from '@jest/globals';
import { Replay } from './replay.js';
import type { StreamMessage } from './stream-messages.js';

function event(name: 'history' | 'pipeline', data: string): StreamMessage {
  return { kind: 'event', name, data, connection: { state: 'live', attempt: 0, retryAt: null, receivedAt: 0 } };
}

function connected(attempt: number): StreamMessage {
  return { kind: 'connection', connection: { state: 'live', attempt, retryAt: null, receivedAt: 0 } };
}

const dataOf = (replay: Replay) =>
  replay.messages.map((each) => (each.kind === 'event' ? each.data : each.connection.attempt));

describe('what a tab receives that joins', () => {
  it('is nothing before the first message', () => {
    expect(new Replay().messages).toEqual([]);
  });

  it('is the newest history, the events since then, and the newest connection', () => {
    const replay = new Replay();
    for (const each of [connected(1), event('history', 'old'), event('pipeline', 'a'), event('history', 'new')])
      replay.add(each);
    for (const each of [event('pipeline', 'b'), connected(1), event('pipeline', 'c'), connected(2)]) replay.add(each);

    expect(dataOf(replay)).toEqual(['new', 'b', 'c', 2]);
  });

  it('does not grow without end, and keeps the history', () => {
    const replay = new Replay();
    replay.add(event('history', 'history'));
    for (let i = 0; i < 2000; i++) replay.add(event('pipeline', String(i)));
    const data = dataOf(replay);

    expect(data).toHaveLength(601);
    expect([data[0], data[1], data.at(-2), data.at(-1)]).toEqual(['history', '1401', '1999', 0]);
  });

  it('is nothing after the last tab has gone', () => {
    const replay = new Replay();
    replay.add(event('pipeline', 'a'));
    replay.add(connected(1));
    replay.clear();
    expect(replay.messages).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { eventBytes, EventListeners, type EventTarget } from './event-listeners.js';

class Target extends EventEmitter {
  readonly written: string[] = [];
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;

  write(event: Buffer): boolean {
    this.written.push(String(event));
    return !this.writableNeedDrain;
  }

  end(): void {
    this.writableEnded = true;
  }

  destroy(): void {
    this.destroyed = true;
  }
}

function listening(count: number) {
  const sizes: number[] = [];
  const listeners = new EventListeners((size) => sizes.push(size));
  const targets = Array.from({ length: count }, () => new Target());
  for (const target of targets) listeners.add(target as unknown as EventTarget, [Buffer.from('first')]);
  return { listeners, targets, sizes };
}

describe('EventListeners', () => {
  it('writes the same bytes to all', () => {
    const { listeners, targets, sizes } = listening(2);
    listeners.send(Buffer.from('second'));
    expect(targets.map(({ written }) => written)).toEqual([
      ['first', 'second'],
      ['first', 'second'],
    ]);
    expect(sizes).toEqual([1, 2]);
  });

  it('forgets those that are gone', () => {
    const { listeners, targets, sizes } = listening(3);
    targets[0]!.emit('close');
    targets[1]!.emit('error', new Error('reset'));
    targets[1]!.emit('close');
    targets[2]!.destroyed = true;
    listeners.send(Buffer.from('second'));
    expect(sizes).toEqual([1, 2, 3, 2, 1, 0]);
    expect(targets[2]!.written).toEqual(['first']);
  });

  it('skips events for a slow one, and cuts it off after half a minute', () => {
    const { listeners, targets } = listening(2);
    const [slow, fast] = targets as [Target, Target];
    slow.writableNeedDrain = true;
    for (let second = 0; second <= 20; second++) listeners.send(Buffer.from('state'), second * 1000);
    expect(slow.written).toEqual(['first']);
    expect(fast.written).toHaveLength(22);

    slow.writableNeedDrain = false;
    listeners.send(Buffer.from('newest'), 21_000);
    expect(slow.written).toEqual(['first', 'newest']);

    slow.writableNeedDrain = true;
    for (let second = 22; second <= 52; second++) listeners.send(Buffer.from('state'), second * 1000);
    expect(slow.destroyed).toBe(true);
    expect(listeners.size).toBe(1);
  });

  it('ends all, and does not wait for a slow one', () => {
    const { listeners, targets } = listening(2);
    targets[0]!.writableNeedDrain = true;
    listeners.end();
    expect(targets.map(({ destroyed, writableEnded }) => [destroyed, writableEnded])).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(listeners.size).toBe(0);
  });
});

describe('eventBytes', () => {
  it('has the format of server-sent events', () => {
    expect(String(eventBytes('pipeline', 'a', '{"text":"\\n"}'))).toBe(
      'event: pipeline\nid: a\ndata: {"text":"\\n"}\n\n',
    );
    expect(String(eventBytes('history', undefined, '{}'))).toBe('event: history\ndata: {}\n\n');
  });
});

import { describe, expect, it } from '@jest/globals';
import { WriteGate, type Gated } from './write-gate.js';

function batchOf(...ids: string[]): Gated {
  return { rows: ids.map((id) => ({ id })) as never, hasId: (id) => ids.includes(id) };
}

/** Writes that the test ends one by one. */
function writes() {
  const started: string[] = [];
  const end = new Map<string, (error?: Error) => void>();
  const write = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      started.push(name);
      end.set(name, (error) => (error ? reject(error) : resolve(name)));
    });
  return { started, write, end: (name: string, error?: Error) => end.get(name)!(error) };
}

const nextTurn = () => new Promise(setImmediate);

describe('WriteGate', () => {
  it('runs two batches without a common id concurrently, and a third after one of them', async () => {
    const gate = new WriteGate();
    const { started, write, end } = writes();
    const results = ['a', 'b', 'c'].map((name) => gate.run(batchOf(name), write(name)));
    await nextTurn();
    expect(started).toEqual(['a', 'b']);

    end('b');
    await nextTurn();
    expect(started).toEqual(['a', 'b', 'c']);

    end('a');
    end('c');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c']);
  });

  it('delays a batch that shares an id with one in progress', async () => {
    const gate = new WriteGate();
    const { started, write, end } = writes();
    const first = gate.run(batchOf('1', '2'), write('first'));
    const second = gate.run(batchOf('2', '3'), write('second'));
    await nextTurn();
    expect(started).toEqual(['first']);

    end('first');
    await first;
    await nextTurn();
    expect(started).toEqual(['first', 'second']);
    end('second');
    await second;
  });

  it('continues after a failed write', async () => {
    const gate = new WriteGate();
    const { write, end } = writes();
    const first = gate.run(batchOf('1'), write('first'));
    const second = gate.run(batchOf('1'), write('second'));
    await nextTurn();
    end('first', new Error('refused'));
    await expect(first).rejects.toThrow('refused');
    await nextTurn();
    end('second');
    expect(await second).toBe('second');
  });
});

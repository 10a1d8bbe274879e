import { describe, expect, it } from '@jest/globals';
import { AnswerCache } from './answer-cache.js';

/** A cache with a clock of the test's own, and a database that answers or fails when the test says so. */
function fixture(limits = { entries: 10, characters: 1000 }) {
  const clock = { now: 0 };
  const cache = new AnswerCache(limits, () => clock.now);
  const asked: string[] = [];
  const pending: { answer: () => void; fail: () => void }[] = [];
  const get = async (key: string) => {
    const answer = await cache.get(key, () => {
      asked.push(key);
      const body = `${key}${asked.filter((each) => each === key).length}`;
      return new Promise((resolve, reject) =>
        pending.push({
          answer: () =>
            resolve({
              body,
              contentType: '',
              etag: '',
              next: null,
              isPublic: true,
              secondsBehind: 0,
              madeAt: clock.now,
            }),
          fail: () => reject(new Error('down')),
        }),
      );
    });
    return answer.body;
  };
  const settle = async (how: 'answer' | 'fail' = 'answer') => {
    pending.shift()![how]();
    await new Promise((resolve) => setImmediate(resolve));
  };
  /** Asks and answers at once. */
  const have = async (key: string) => {
    const answer = get(key);
    await settle();
    return answer;
  };
  return { clock, asked, get, settle, have };
}

describe('AnswerCache', () => {
  it('makes one answer for concurrent requests', async () => {
    const { asked, get, settle } = fixture();
    const both = Promise.all([get('a'), get('a')]);
    await settle();

    expect(await both).toEqual(['a1', 'a1']);
    expect(asked).toEqual(['a']);
  });

  it('returns the same answer for a second', async () => {
    const { clock, asked, get, have } = fixture();
    await have('a');
    clock.now = 999;

    expect(await get('a')).toBe('a1');
    expect(asked).toEqual(['a']);
  });

  it('returns a stale answer while it is renewed, then the new one', async () => {
    const { clock, asked, get, settle, have } = fixture();
    await have('a');
    clock.now = 1000;
    expect(await Promise.all([get('a'), get('a')])).toEqual(['a1', 'a1']);
    expect(asked).toEqual(['a', 'a']);
    await settle();

    expect(await get('a')).toBe('a2');
  });

  it('renews one at a time', async () => {
    const { clock, asked, get, settle, have } = fixture();
    await have('a');
    await have('b');
    clock.now = 1000;
    await get('a');
    await get('b');
    expect(asked).toEqual(['a', 'b', 'a']);
    await settle();

    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it.each([
    ['rests as long as a renewal took', 1000, 'a'],
    ['does not rest while answers grow old', 2400, 'b'],
  ])('%s', async (_what, age, lastAsked) => {
    const { clock, asked, get, settle, have } = fixture();
    await have('a');
    await have('b');
    clock.now = age;
    await get('a');
    await get('b');
    clock.now += 200;
    await settle();
    expect(asked.at(-1)).toBe(lastAsked);

    while (asked.at(-1) !== 'b') await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
  });

  it('makes an answer at once if a client waits for it', async () => {
    const { clock, asked, get, settle, have } = fixture();
    await have('a');
    await have('b');
    clock.now = 1000;
    await get('a');
    await get('b');
    clock.now = 5000;
    const waiting = get('b');
    expect(asked).toEqual(['a', 'b', 'a', 'b']);
    await settle();
    await settle();

    expect(await waiting).toBe('b2');
    expect(asked).toHaveLength(4);
  });

  it('returns no answer older than five seconds, even if there is no other', async () => {
    const { clock, get, settle, have } = fixture();
    await have('a');
    clock.now = 4999;
    expect(await get('a')).toBe('a1');
    await settle('fail');
    clock.now = 5000;
    const waiting = get('a');
    const refused = expect(waiting).rejects.toThrow('down');
    await settle('fail');

    await refused;
  });

  it('limits the number of answers and evicts the least recently used', async () => {
    const { asked, get, have } = fixture({ entries: 2, characters: 1000 });
    await have('a');
    await have('b');
    await get('a');
    await have('c');
    await get('a');
    await have('b');

    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('limits the total length, and does not store an answer above it', async () => {
    const { asked, get, have } = fixture({ entries: 10, characters: 4 });
    await have('a');
    await have('b');
    await have('c');
    await get('b');
    await have('a');
    await have('too large');
    await have('too large');

    expect(asked).toEqual(['a', 'b', 'c', 'a', 'too large', 'too large']);
  });
});

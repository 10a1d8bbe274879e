import { describe, expect, it } from '@jest/globals';
import { duration } from '../format/duration.js';
import { connectionText, isStaleAt } from './connection-text.js';
import type { Connection } from './stream-messages.js';

const NOW = 1_000_000;

function connection(change: Partial<Connection> = {}): Connection {
  return { state: 'live', attempt: 0, retryAt: null, receivedAt: NOW - 400, ...change };
}

const textOf = (change: Partial<Connection>) => connectionText(connection(change), NOW, (s) => duration(s, 'en'));

describe('connectionText', () => {
  it.each<[string, Partial<Connection>, string]>([
    ['events arrive', {}, 'live, 0.4 s old'],
    ['nothing arrived yet', { state: 'connecting', receivedAt: null }, 'connecting'],
    ['an event is overdue', { receivedAt: NOW - 4000 }, '4 s old'],
    [
      'the connection just broke',
      { state: 'waiting', attempt: 1, retryAt: NOW + 900 },
      '0.4 s old, reconnecting (try 1, next in 1 s)',
    ],
    [
      'it waits',
      { state: 'waiting', attempt: 3, retryAt: NOW + 3100, receivedAt: NOW - 7000 },
      '7 s old, reconnecting (try 3, next in 4 s)',
    ],
    [
      'it tries again',
      { state: 'connecting', attempt: 3, receivedAt: NOW - 9000 },
      '9 s old, reconnecting (try 3, now)',
    ],
    [
      'the gateway was never there',
      { state: 'waiting', attempt: 2, retryAt: NOW - 10, receivedAt: null },
      'no data yet, reconnecting (try 2, next in 0 s)',
    ],
    ['the clock went back', { receivedAt: NOW + 3_600_000 }, 'live, 0 s old'],
  ])('when %s', (_, change, text) => {
    expect(textOf(change)).toBe(text);
  });

  it('is stale without data, and when an event is overdue', () => {
    expect([0, 3000, 3001].map((age) => isStaleAt(connection({ receivedAt: NOW - age }), NOW))).toEqual([
      false,
      false,
      true,
    ]);
    expect(isStaleAt(connection({ receivedAt: null }), NOW)).toBe(true);
  });
});

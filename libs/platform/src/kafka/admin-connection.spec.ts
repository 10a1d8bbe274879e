import { describe, expect, it } from '@jest/globals';
import { isLeaderless, isUnknownTopic } from './admin-connection.js';

const answer = (type: string) => Object.assign(new Error('a broker said so'), { type });

describe("a broker's error", () => {
  it('is recognised directly and as a cause', () => {
    const unknown = answer('UNKNOWN_TOPIC_OR_PARTITION');

    expect(isUnknownTopic(unknown)).toBe(true);
    expect(isUnknownTopic(new Error('tried 1 time', { cause: unknown }))).toBe(true);
    expect(isLeaderless(unknown)).toBe(false);
    expect(isLeaderless(answer('LEADER_NOT_AVAILABLE'))).toBe(true);
  });

  it.each([undefined, null, 'text', new Error('connect ECONNREFUSED')])('is not %p', (error) => {
    expect(isUnknownTopic(error)).toBe(false);
    expect(isLeaderless(error)).toBe(false);
  });
});

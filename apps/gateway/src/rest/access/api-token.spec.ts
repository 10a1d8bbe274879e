import { describe, expect, it } from '@jest/globals';
import { Secret } from '#platform/config/secret.js';
import { ApiToken } from './api-token.js';

describe('ApiToken', () => {
  it.each([
    ['the token', '0123456789abcdef', true],
    ['a prefix of it', '0123456789abcde', false],
    ['a longer text', '0123456789abcdefg', false],
    ['nothing', '', false],
  ])('accepts %s: %s', (_what, candidate, accepted) => {
    expect(new ApiToken(Secret.of('0123456789abcdef')).is(candidate)).toBe(accepted);
  });

  it('accepts nothing if no token is configured', () => {
    const none = new ApiToken(undefined);

    expect([none.isConfigured, none.is('undefined'), none.is('')]).toEqual([false, false, false]);
  });
});

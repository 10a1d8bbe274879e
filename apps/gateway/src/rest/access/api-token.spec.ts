import { describe, expect, it } from '@jest/globals';
import { ApiToken } from './api-token.js';

describe('ApiToken', () => {
  it.each([
    ['the token', '0123456789abcdef', true],
    ['a part of it', '0123456789abcde', false],
    ['more than it', '0123456789abcdefg', false],
    ['nothing', '', false],
  ])('is opened by %s: %s', (_what, given, opened) => {
    expect(new ApiToken('0123456789abcdef').is(given)).toBe(opened);
  });

  it('is opened by nothing while there is none', () => {
    const none = new ApiToken(undefined);

    expect([none.isConfigured, none.is('undefined'), none.is('')]).toEqual([false, false, false]);
  });
});

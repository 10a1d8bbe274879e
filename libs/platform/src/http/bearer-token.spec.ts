import { describe, expect, it } from '@jest/globals';
import { Secret } from '../config/secret.js';
import { BearerToken, bearerOf } from './bearer-token.js';

describe('BearerToken', () => {
  it.each([
    ['the token', '0123456789abcdef', true],
    ['a prefix of it', '0123456789abcde', false],
    ['a longer text', '0123456789abcdefg', false],
    ['nothing', '', false],
  ])('accepts %s: %s', (_what, candidate, accepted) => {
    expect(new BearerToken(Secret.of('0123456789abcdef')).is(candidate)).toBe(accepted);
  });

  it('accepts nothing if no token is configured', () => {
    const none = new BearerToken(undefined);

    expect([none.isConfigured, none.is('undefined'), none.is('')]).toEqual([false, false, false]);
  });
});

describe('bearerOf', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer   abc ', 'abc'],
    ['Basic abc', undefined],
    ['Bearer a b', undefined],
    ['Bearer ', undefined],
    [undefined, undefined],
  ])('of %j is %j', (header, token) => {
    expect(bearerOf(header)).toBe(token);
  });
});

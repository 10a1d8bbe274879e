import { describe, expect, it } from '@jest/globals';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  it('allows an address so many requests a minute, whatever others send', () => {
    let now = 500;
    const limiter = new RateLimiter(2, () => now);
    expect(limiter.take('10.0.0.1')).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 60 });
    now += 58_500;
    expect(limiter.take('10.0.0.1')).toEqual({ isAllowed: true, remaining: 0, resetSeconds: 2 });
    expect(limiter.take('10.0.0.1')).toEqual({ isAllowed: false, remaining: 0, resetSeconds: 2 });
    expect(limiter.take('10.0.0.2').isAllowed).toBe(true);
    now += 1500;

    expect(limiter.take('10.0.0.1')).toEqual({ isAllowed: true, remaining: 1, resetSeconds: 60 });
  });

  it.each([
    ['2001:db8:0:1::5', '2001:db8:0:1:8:7:6:5', false],
    ['2001:db8:0:1::5', '2001:db8:0:2::5', true],
    ['::1', '::ffff:10.0.0.1', true],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2', true],
    ['fe80::1%eth0', 'fe80::2%eth0', false],
  ])('%s and %s are two: %s', (one, other, areTwo) => {
    const limiter = new RateLimiter(1, () => 0);
    limiter.take(one);

    expect(limiter.take(other).isAllowed).toBe(areTwo);
  });
});

import { describe, expect, it } from '@jest/globals';
import { murmur2, partitionOf } from './murmur2.js';

describe('murmur2', () => {
  // Values of Kafka's UtilsTest.testMurmur2.
  it.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %j like the Java client', (text, hash) => {
    expect(murmur2(Buffer.from(text))).toBe(hash);
  });

  it('reads only the given length', () => {
    expect(murmur2(Buffer.from('foobar and more'), 6)).toBe(-790332482);
  });

  it('chooses a partition for a negative hash, too', () => {
    // toPositive clears the sign bit: -790332482 & 0x7fffffff is 1357151166.
    expect(partitionOf(Buffer.from('foobar'), 6, 7)).toBe(1357151166 % 7);
  });
});

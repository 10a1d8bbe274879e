import { describe, expect, it } from '@jest/globals';
import { crc32c } from './crc32c.js';

/** Bit by bit, from the definition. */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

describe('crc32c', () => {
  // RFC 3720, appendix B.4, and the catalogue's check value.
  it.each([
    [Buffer.from('123456789'), 0xe3069283],
    [Buffer.alloc(32), 0x8a9136aa],
    [Buffer.alloc(32, 0xff), 0x62a8ab43],
    [Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
    [Buffer.alloc(0), 0],
  ])('of %j is the published value', (bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });

  it('agrees with the definition at every length and start', () => {
    const bytes = Buffer.from(Array.from({ length: 64 }, (_, i) => (i * 167 + 13) & 0xff));
    for (let start = 0; start < 10; start++) {
      for (let end = start; end <= bytes.length; end++) {
        expect(crc32c(bytes, start, end)).toBe(slowCrc32c(bytes.subarray(start, end)));
      }
    }
  });
});

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { UnreadableError } from '../fetch/unreadable-batch.js';
import { decompress, MAX_DECOMPRESSED_BYTES } from './decompress.js';
import { inJs } from './zstd.js';

const [GZIP, SNAPPY, LZ4, ZSTD] = [1, 2, 3, 4] as const;

const text = Buffer.from(Array.from({ length: 400 }, (_, i) => `{"id":"${i}","channel":"email"}`).join('\n'));
const [first, second] = [text.subarray(0, 5000), text.subarray(5000)];
const nothing = Buffer.alloc(MAX_DECOMPRESSED_BYTES + 1);

/** As Java's library frames it: each call of its stream writes a header, each buffer a chunk. */
function xerial(...chunks: Buffer[]): Buffer {
  const header = Buffer.from('82534e41505059000000000100000001', 'hex');
  const framed = chunks.map((chunk) => {
    const compressed = compressSync(chunk);
    const length = Buffer.alloc(4);
    length.writeInt32BE(compressed.length);
    return Buffer.concat([length, compressed]);
  });
  return Buffer.concat([header, ...framed]);
}

/** `text` in two frames by the reference implementation: a stream of 5000 bytes with a checksum and no size, and a block with its size. */
const zstd = Buffer.from(
  'KLUv/QRY/QYAAgweGJAnaQO/yKbGKPvp7oC0yN4pZRLu7GIaEERE9P///9u2bdtt27YtSZIkOTMzMzMiIiIiInN3d3d3Z2ZmZmZWVVVVVUVERERE9P///9u2bdtt27' +
    'YtSZIkOTMzMzNnRXc5AAfDUCgKCIMYBsLhUBAIjIAhgxgDhWEQgKWoIfj2vwPAM6rVEYwQvELwQ5g+Bne73d1uN7fb7e12e3DIocd4OVMJU8mlsqXSSmVKpZPK' +
    'kkojlV1IKZ4zzjxz5plzzjxz3hfShbZQFrpCKiSFotDuhJj0MCyMDWOsGwBaFa2Z9AcotS/9YHkbTQYANpEkGHA3TWNpANKU+jWoqvBPjZa0lGBh/9tVRDAAJg' +
    'AUAEvolClHRkrolClHBkrolClHxknoVKHAUBAKhCGRKBAIFAGFKVIQioFDYQBwUCAOAWRUQqdMOTJMQqdMOTJKQqdMOTImdMqUI2MJnTLlyCAJnTLlyBgB////' +
    '/9u2bdu2bdu2bdu2hE6ZcgH//////////x+A66gh8LP/G/A1dgMR/AnBIwQnED/7tayalk2Mf7BOKDfS1m7qjdi1jU6cP1C29txeALIK',
  'base64',
);
/** 16 bytes that ask for a window of 128 MiB. */
const wideZstd = Buffer.from('28b52ffd00884d00001000000100e32b8005', 'hex');
/** A frame with a window of 64 KiB and 1,025 blocks that each say as many zeros. */
const zstdOfZeros = Buffer.concat([
  Buffer.from('28b52ffd0030', 'hex'),
  ...Array.from({ length: 1025 }, (_, i) => Buffer.from([(i === 1024 ? 1 : 0) | 2, 0, 8, 0])),
]);

describe('decompress', () => {
  it.each([
    ['gzip', GZIP, gzipSync(text)],
    ['gzip of several members', GZIP, Buffer.concat([gzipSync(first), gzipSync(second)])],
    ['snappy as librdkafka writes it', SNAPPY, compressSync(text)],
    ['snappy as Java writes it, of several chunks', SNAPPY, xerial(first, second)],
    ['snappy as Java writes it, of several streams', SNAPPY, Buffer.concat([xerial(first), xerial(second)])],
    ['lz4', LZ4, compressFrameSync(text)],
    ['lz4 with checksums', LZ4, compressFrameSync(text, { contentChecksum: true, blockChecksums: true })],
    ['lz4 of several frames', LZ4, Buffer.concat([compressFrameSync(first), compressFrameSync(second)])],
    ['zstd of several frames', ZSTD, zstd],
  ])('reads %s', async (_, codec, bytes) => {
    expect((await decompress(codec, bytes)).equals(text)).toBe(true);
  });

  it('reads lz4 of several blocks', async () => {
    const long = Buffer.concat(Array.from({ length: 100 }, () => text));
    expect((await decompress(LZ4, compressFrameSync(long))).equals(long)).toBe(true);
  });

  it("reads zstd without Node's support for it", () => {
    expect(inJs(zstd, MAX_DECOMPRESSED_BYTES).equals(text)).toBe(true);
    expect(() => inJs(zstdOfZeros, MAX_DECOMPRESSED_BYTES)).toThrow('it holds more than 64 MiB');
    expect(() => inJs(wideZstd, MAX_DECOMPRESSED_BYTES)).toThrow('it holds more than 64 MiB');
  });

  it.each([
    ['gzip', GZIP, gzipSync(nothing)],
    ['snappy', SNAPPY, compressSync(nothing)],
    ['lz4', LZ4, compressFrameSync(nothing)],
    ['zstd', ZSTD, zstdOfZeros],
  ])('refuses %s that grows beyond what fits', async (name, codec, bytes) => {
    const reading = decompress(codec, bytes);
    await expect(reading).rejects.toThrow(UnreadableError);
    await expect(reading).rejects.toThrow(`it cannot be decompressed by ${name}: it holds more than 64 MiB`);
  });

  it.each([
    ['gzip', GZIP, gzipSync(text)],
    ['snappy', SNAPPY, xerial(text)],
    ['lz4', LZ4, compressFrameSync(text)],
    ['zstd', ZSTD, zstd],
  ])('refuses %s that is truncated or something else', async (_, codec, bytes) => {
    for (const bad of [bytes.subarray(0, -20), Buffer.from('something else'), Buffer.alloc(20)]) {
      await expect(decompress(codec, bad)).rejects.toThrow(UnreadableError);
    }
  });

  it('refuses an unknown codec', async () => {
    await expect(decompress(7, text)).rejects.toThrow('its codec, number 7, is not known');
  });
});

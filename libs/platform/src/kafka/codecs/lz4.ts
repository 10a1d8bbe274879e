import { tooLarge } from './too-large.js';

/** LZ4's frame format, see lz4_Frame_format.md of the reference implementation. */
const MAGIC = 0x184d2204;
const BLOCK_CHECKSUM = 0x10;
const CONTENT_SIZE = 0x08;
const CONTENT_CHECKSUM = 0x04;
const DICTIONARY = 0x01;
const UNCOMPRESSED = 0x8000_0000;
/** Maximum expansion of a block. */
const GREATEST_RATIO = 255;

export async function decompressLz4(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  // Loaded on first use.
  const { decompressFrame } = await import('lz4-napi');
  const frames = splitFrames(bytes, maxBytes);
  // The library reads only the first frame.
  const plain = await Promise.all(frames.map((frame) => decompressFrame(frame)));
  return plain.length === 1 ? plain[0]! : Buffer.concat(plain);
}

/** @throws Error if a frame is incomplete or may expand beyond `maxBytes`; the library itself has no limit */
function splitFrames(bytes: Buffer, maxBytes: number): Buffer[] {
  const frames: Buffer[] = [];
  let held = 0;
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    if (at + 7 > bytes.length || bytes.readUInt32LE(at) !== MAGIC) throw new Error('it is not an LZ4 frame');
    const flags = bytes[at + 4]!;
    const blockBytes = 2 ** (8 + 2 * ((bytes[at + 5]! >> 4) & 7));
    at += 7 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
    for (;;) {
      if (at + 4 > bytes.length) throw new Error('the frame is truncated');
      const word = bytes.readUInt32LE(at);
      at += 4;
      if (word === 0) break;
      const length = word % UNCOMPRESSED;
      held += word >= UNCOMPRESSED ? length : Math.min(blockBytes, length * GREATEST_RATIO);
      if (held > maxBytes) throw new Error(tooLarge(maxBytes));
      at += length + (flags & BLOCK_CHECKSUM ? 4 : 0);
    }
    at += flags & CONTENT_CHECKSUM ? 4 : 0;
    if (at > bytes.length) throw new Error('the frame is truncated');
    frames.push(bytes.subarray(start, at));
  }
  return frames;
}

import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { tooLarge } from './too-large.js';

interface Options {
  readonly maxOutputLength: number;
  readonly info: true;
}
type Callback = (error: Error | null, result: { buffer: Buffer; engine: { bytesWritten: number } }) => void;
type ZstdDecompress = (bytes: Buffer, options: Options, callback: Callback) => void;

/** Available in Node.js 22.15 and later. */
const { zstdDecompress } = zlib as { zstdDecompress?: ZstdDecompress };
const native = zstdDecompress && promisify(zstdDecompress);

export async function decompressZstd(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  if (!native) return inJs(bytes, maxBytes);
  const parts: Buffer[] = [];
  // Node.js reads only the first frame.
  for (let at = 0, left = maxBytes; at < bytes.length;) {
    const { buffer, engine } = await native(bytes.subarray(at), { maxOutputLength: left, info: true });
    parts.push(buffer);
    left -= buffer.length;
    at += engine.bytesWritten;
  }
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

/** Exported for its test, which also runs on Node.js with native zstd. */
export function inJs(bytes: Buffer, maxBytes: number): Buffer {
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = new BoundedDecompress(maxBytes, (part) => {
    size += part.length;
    if (size > maxBytes) throw new Error(tooLarge(maxBytes));
    parts.push(part.slice());
  });
  reader.push(bytes, true);
  return Buffer.concat(parts, size);
}

const MAGIC = 0xfd2fb528;
const SINGLE_SEGMENT = 0x20;

/** Checks the window size of each frame, because fzstd allocates the whole window at once. */
class BoundedDecompress extends Decompress {
  constructor(
    private readonly maxBytes: number,
    ondata: (part: Uint8Array) => void,
  ) {
    super(ondata);
  }

  /** fzstd calls this for each frame with all remaining bytes. By then its state says how many bytes of the last frame to skip. */
  override push(bytes: Uint8Array, final: boolean): void {
    const { s: state } = this as unknown as { s: unknown };
    const at = typeof state === 'number' ? state : 0;
    if (windowOf(Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.max(0, bytes.length - at))) > this.maxBytes) {
      throw new Error(tooLarge(this.maxBytes));
    }
    super.push(bytes, final);
  }
}

/** Window size, see RFC 8878, 3.1.1.1. 0 if it is not a frame header; fzstd then reports the error. */
function windowOf(frame: Buffer): number {
  if (frame.length < 6 || frame.readUInt32LE(0) !== MAGIC) return 0;
  const descriptor = frame[4]!;
  if ((descriptor & SINGLE_SEGMENT) === 0) {
    const base = 2 ** (10 + (frame[5]! >> 3));
    return base + (base / 8) * (frame[5]! & 7);
  }
  const at = 5 + [0, 1, 2, 4][descriptor & 3]!;
  const length = 1 << (descriptor >> 6);
  if (frame.length < at + length) return 0;
  return length === 8 ? Number(frame.readBigUInt64LE(at)) : frame.readUIntLE(at, length) + (length === 2 ? 256 : 0);
}

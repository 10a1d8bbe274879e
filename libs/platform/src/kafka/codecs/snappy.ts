import { tooLarge } from './too-large.js';

/** Magic of the header that the Java library (xerial) writes before its chunks. librdkafka writes one chunk without a header. */
const XERIAL = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_BYTES = 16;

export async function decompressSnappy(bytes: Buffer, maxBytes: number): Promise<Buffer> {
  // Loaded on first use.
  const { uncompress } = await import('snappy');
  const chunks = isXerial(bytes, 0) ? xerialChunks(bytes) : [bytes];
  const size = chunks.reduce((sum, chunk) => sum + uncompressedSize(chunk), 0);
  if (size > maxBytes) throw new Error(tooLarge(maxBytes));
  const plain = await Promise.all(chunks.map((chunk) => uncompress(chunk, { asBuffer: true }) as Promise<Buffer>));
  return plain.length === 1 ? plain[0]! : Buffer.concat(plain);
}

function isXerial(bytes: Buffer, at: number): boolean {
  return bytes.subarray(at, at + XERIAL.length).equals(XERIAL);
}

function xerialChunks(bytes: Buffer): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    // In concatenated streams, each has a header.
    if (isXerial(bytes, at)) {
      at += XERIAL_HEADER_BYTES;
      continue;
    }
    if (at + 4 > bytes.length) throw new Error('the last chunk is truncated');
    const length = bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > bytes.length) throw new Error('a chunk is truncated');
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** A chunk begins with its uncompressed size, seven bits per byte, lowest first. */
function uncompressedSize(chunk: Buffer): number {
  let size = 0;
  for (let i = 0; i < 5; i++) {
    const byte = chunk[i];
    if (byte === undefined) break;
    size += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return size;
  }
  throw new Error('a chunk does not begin with its size');
}

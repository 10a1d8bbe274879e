import { crc32 } from 'node:zlib';
import { CsvError } from './csv-error.js';
import { readChunks } from './csv-source.js';

/** Length and checksum of the first bytes of an uncompressed file. */
export interface Content {
  readonly bytes: number;
  readonly crc32: number;
}

/** The checksum of the bytes read so far. It is a CRC because, unlike a cryptographic hash, it can be stored and continued later. */
export class ContentSum implements Content {
  bytes: number;
  crc32: number;

  /** @param before the content read by an earlier process */
  constructor(before: Content = { bytes: 0, crc32: 0 }) {
    ({ bytes: this.bytes, crc32: this.crc32 } = before);
  }

  /** Adds the part of a chunk that is not in the sum yet. @param at offset of the chunk in the file */
  add(chunk: Buffer, at: number): void {
    const known = this.bytes - at;
    if (known >= chunk.length) return;
    this.crc32 = crc32(known > 0 ? chunk.subarray(known) : chunk, this.crc32);
    this.bytes = at + chunk.length;
  }
}

/**
 * Whether a file begins with the given content. Reads no further than that.
 *
 * @param whole whether the file must also end there
 * @throws a system error; the reason of the signal when it aborts
 */
export async function hasContent(
  path: string,
  { bytes, crc32: expected }: Content,
  { whole, columns, signal }: { whole: boolean; columns: readonly string[]; signal: AbortSignal },
): Promise<boolean> {
  let left = bytes;
  let sum = 0;
  try {
    for await (const chunk of readChunks(path, { columns })) {
      signal.throwIfAborted();
      if (whole && chunk.length > left) return false;
      sum = crc32(chunk.length > left ? chunk.subarray(0, left) : chunk, sum);
      left -= Math.min(left, chunk.length);
      if (left === 0 && !whole) break;
    }
  } catch (error) {
    // Truncated, or being written to: not the same content.
    if (error instanceof CsvError) return false;
    throw error;
  }
  return left === 0 && sum === expected;
}

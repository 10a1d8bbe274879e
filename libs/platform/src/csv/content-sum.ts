import { crc32 } from 'node:zlib';
import { CsvError } from './csv-error.js';
import { readChunks } from './csv-source.js';

/** The first bytes of an uncompressed file, as a sum that can be compared with another file's and added to. */
export interface Content {
  readonly bytes: number;
  readonly crc32: number;
}

/** Sums up what is read of a file. Unlike a cryptographic hash a CRC can be stored and carried on by another process. */
export class ContentSum implements Content {
  bytes: number;
  crc32: number;

  /** @param before what was read by an earlier process */
  constructor(before: Content = { bytes: 0, crc32: 0 }) {
    ({ bytes: this.bytes, crc32: this.crc32 } = before);
  }

  /** Adds of a chunk what lies behind the bytes that are in the sum. @param at where the chunk begins in the file */
  add(chunk: Buffer, at: number): void {
    const known = this.bytes - at;
    if (known >= chunk.length) return;
    this.crc32 = crc32(known > 0 ? chunk.subarray(known) : chunk, this.crc32);
    this.bytes = at + chunk.length;
  }
}

/**
 * Whether a file begins with the given content. Reads that much of it.
 *
 * @param whole whether the file must also end there
 * @throws the system's error; the signal's reason
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
    // Cut off, or being written to: it is not the same now.
    if (error instanceof CsvError) return false;
    throw error;
  }
  return left === 0 && sum === expected;
}

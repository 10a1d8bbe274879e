import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { UnreadableError } from '../fetch/unreadable-batch.js';
import { decompressLz4 } from './lz4.js';
import { decompressSnappy } from './snappy.js';
import { tooLarge } from './too-large.js';
import { decompressZstd } from './zstd.js';

/**
 * Maximum size of one decompressed batch. Producers collect a few megabytes at most before they compress. A few kilobytes that expand
 * to gigabytes are corrupt or an attack, and must not use up the memory of the process.
 */
export const MAX_DECOMPRESSED_BYTES = 64 * 1024 * 1024;

const gunzipAsync = promisify(gunzip);

type Decompress = (bytes: Buffer, maxBytes: number) => Promise<Buffer>;

/** By codec number in the attributes of a batch. */
const CODECS: Readonly<Record<number, { readonly name: string; readonly decompress: Decompress }>> = {
  1: { name: 'gzip', decompress: (bytes, maxOutputLength) => gunzipAsync(bytes, { maxOutputLength }) },
  2: { name: 'snappy', decompress: decompressSnappy },
  3: { name: 'lz4', decompress: decompressLz4 },
  4: { name: 'zstd', decompress: decompressZstd },
};

/** @throws UnreadableError for corrupt data or an unknown codec */
export async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  const known = CODECS[codec];
  if (known === undefined) throw new UnreadableError(`its codec, number ${codec}, is not known`);
  try {
    return await known.decompress(bytes, MAX_DECOMPRESSED_BYTES);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A missing library is not corrupt data.
    if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') throw error;
    const why = code === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(MAX_DECOMPRESSED_BYTES) : message;
    throw new UnreadableError(`it cannot be decompressed by ${known.name}: ${why}`, { cause: error });
  }
}

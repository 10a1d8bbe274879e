import { open, type FileHandle } from 'node:fs/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { CsvError } from './csv-error.js';

const PLAIN_CHUNK_BYTES = 1024 * 1024;
/** Deflate grows data at most about 1,000 times, so one compressed chunk gives at most 32 MiB at once. */
const COMPRESSED_CHUNK_BYTES = 32 * 1024;
const DECOMPRESSED_CHUNK_BYTES = 256 * 1024;

/** Where a source stands in the file on disk, for progress: compressed bytes for a .gz file. */
export interface SourceProgress {
  bytesRead: number;
}

/**
 * The bytes of a file from `offset` (counted uncompressed) on; a name ending in `.gz` is decompressed (also several
 * members one after the other). Chunks are the receiver's to keep.
 * @throws CsvError CSV_GZIP_TRUNCATED, CSV_GZIP_CORRUPT after all that could be read was given.
 */
export async function* readChunks(
  path: string,
  offset: number,
  progress: SourceProgress,
): AsyncGenerator<Buffer, void> {
  const file = await open(path, 'r');
  try {
    if (path.endsWith('.gz')) {
      yield* skip(decompress(path, readFile(file, 0, COMPRESSED_CHUNK_BYTES, progress)), offset);
    } else {
      yield* readFile(file, offset, PLAIN_CHUNK_BYTES, progress);
    }
  } finally {
    await file.close();
  }
}

async function* readFile(
  file: FileHandle,
  start: number,
  chunkBytes: number,
  progress: SourceProgress,
): AsyncGenerator<Buffer, void> {
  let position = start;
  for (;;) {
    progress.bytesRead = position;
    const chunk = Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await file.read(chunk, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left = Math.max(0, left - chunk.length);
  }
}

/**
 * Writes to the decompressor piece by piece and gives what came out of each: a stream's own async iterator would throw
 * away what it has buffered when the file turns out to be truncated.
 */
async function* decompress(path: string, compressed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: DECOMPRESSED_CHUNK_BYTES });
  let output: Buffer[] = [];
  let failure: Error | null = null;
  gunzip.on('data', (chunk: Buffer) => output.push(chunk));
  gunzip.on('error', (error) => (failure = error));
  try {
    for await (const piece of compressed) {
      await settled(gunzip, (done) => gunzip.write(piece, done));
      yield* output;
      output = [];
      if (failure !== null) break;
    }
    if (failure === null) await settled(gunzip, () => gunzip.end());
    yield* output;
    if (failure !== null) throw gzipError(path, failure);
  } finally {
    gunzip.destroy();
  }
}

/** Waits until `action` reports back, or the stream has ended or failed. */
function settled(stream: Gunzip, action: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('end', done);
      stream.off('error', done);
      resolve();
    };
    stream.once('end', done);
    stream.once('error', done);
    action(done);
  });
}

function gzipError(path: string, cause: Error & { code?: string }): CsvError {
  return cause.code === 'Z_BUF_ERROR'
    ? new CsvError('CSV_GZIP_TRUNCATED', `${path} ends in the middle of its compressed data. Fetch the file again.`, {
        cause,
      })
    : new CsvError('CSV_GZIP_CORRUPT', `${path} is not valid gzip data: ${cause.message}. Fetch the file again.`, {
        cause,
      });
}

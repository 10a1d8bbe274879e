import type { ContentSum } from './content-sum.js';
import { containerOf, HEAD_BYTES, refuseOtherFormats, type Container } from './file-format.js';
import { gunzip } from './gzip-members.js';
import { unzip } from './zip-entry.js';
import { SourceFile, type Settle } from './source-file.js';

const PLAIN_CHUNK_BYTES = 1024 * 1024;
/** Deflate expands data at most about 1,000 times, so one compressed chunk yields at most 32 MiB. */
const COMPRESSED_CHUNK_BYTES = 32 * 1024;

export interface ChunkOptions {
  /** Where to start, in bytes of the uncompressed file. */
  readonly offset?: number;
  /** In an archive, the file with these columns is read. */
  readonly columns: readonly string[];
  /** Default: a file that changes while it is read is an error at once. */
  readonly settle?: Settle;
  /** Receives every chunk. */
  readonly sum?: ContentSum;
  /** Called with the file before its first chunk. */
  readonly onOpen?: (file: SourceFile) => void;
}

/**
 * Yields the uncompressed bytes of a file. Its first bytes tell whether it is plain, gzip or a zip archive. Chunks are not reused.
 * @throws CsvError CSV_FORMAT_UNKNOWN; CSV_GZIP_TRUNCATED, CSV_GZIP_CORRUPT, CSV_ZIP_INVALID or CSV_FILE_CHANGED after everything
 * readable has been yielded.
 */
export async function* readChunks(path: string, options: ChunkOptions): AsyncGenerator<Buffer, void> {
  const { offset = 0, columns, settle, sum, onOpen } = options;
  const file = await SourceFile.open(path, settle);
  try {
    onOpen?.(file);
    const container = containerOf(path, await file.head(HEAD_BYTES));
    // Only plain text can be read from the middle.
    const start = container === 'plain' ? offset : 0;
    const chunks = checked(path, start, decoded(file, container, start, columns));
    yield* skip(sum === undefined ? chunks : summed(chunks, start, sum), offset - start);
  } finally {
    await file.close();
  }
}

function decoded(
  file: SourceFile,
  container: Container,
  start: number,
  columns: readonly string[],
): AsyncGenerator<Buffer, void> {
  switch (container) {
    case 'plain':
      return file.chunks(start, PLAIN_CHUNK_BYTES);
    case 'gzip':
      return gunzip(file.path, file.chunks(0, COMPRESSED_CHUNK_BYTES));
    case 'zip':
      return unzip(file, columns);
  }
}

async function* checked(path: string, start: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let isFirst = start === 0;
  for await (const chunk of chunks) {
    if (isFirst) refuseOtherFormats(path, chunk);
    isFirst = false;
    yield chunk;
  }
}

async function* summed(chunks: AsyncIterable<Buffer>, start: number, sum: ContentSum): AsyncGenerator<Buffer, void> {
  let at = start;
  for await (const chunk of chunks) {
    sum.add(chunk, at);
    at += chunk.length;
    yield chunk;
  }
}

async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer, void> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left = Math.max(0, left - chunk.length);
  }
}

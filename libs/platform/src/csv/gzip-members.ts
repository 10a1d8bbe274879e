import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { CsvError } from './csv-error.js';

const DECOMPRESSED_CHUNK_BYTES = 256 * 1024;
const NONE: Buffer = Buffer.alloc(0);

const MAGIC = [0x1f, 0x8b] as const;
const METHOD_DEFLATE = 8;
const FLAG_HEADER_CRC = 2;
const FLAG_EXTRA = 4;
const FLAG_NAME = 8;
const FLAG_COMMENT = 16;
const TRAILER_BYTES = 8;

/**
 * Decompresses gzip data (RFC 1952) of any number of members, with NUL padding between and after them, as tapes and some programs
 * write it. Each member is inflated separately, because Node's gunzip never finishes when padding follows, and drops data when other
 * bytes do.
 *
 * @throws CsvError CSV_GZIP_TRUNCATED or CSV_GZIP_CORRUPT after all sound data has been yielded.
 */
export async function* gunzip(path: string, compressed: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  const input = new Input(path, compressed);
  while (await input.skipPadding()) {
    await readHeader(input);
    yield* inflate(input);
  }
}

export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === MAGIC[0] && bytes[1] === MAGIC[1];
}

/** The compressed bytes, in pieces of any size. */
class Input {
  /** Whether a complete member has been read. */
  memberRead = false;
  private rest: Buffer = NONE;

  constructor(
    private readonly path: string,
    private readonly pieces: AsyncIterator<Buffer>,
  ) {}

  /** The rest of the current piece, or the next one; null at the end of the file. */
  async piece(): Promise<Buffer | null> {
    if (this.rest.length === 0) {
      const next = await this.pieces.next();
      if (next.done) return null;
      return next.value;
    }
    const { rest } = this;
    this.rest = NONE;
    return rest;
  }

  giveBack(bytes: Buffer): void {
    this.rest = bytes;
  }

  /** @throws CsvError CSV_GZIP_TRUNCATED */
  async take(count: number): Promise<Buffer> {
    while (this.rest.length < count) {
      const next = await this.pieces.next();
      if (next.done) throw this.truncated();
      this.rest = Buffer.concat([this.rest, next.value]);
    }
    const taken = this.rest.subarray(0, count);
    this.rest = this.rest.subarray(count);
    return taken;
  }

  /** @returns whether anything follows */
  async skipPadding(): Promise<boolean> {
    for (;;) {
      const piece = await this.piece();
      if (piece === null) return false;
      const at = this.memberRead ? piece.findIndex((byte) => byte !== 0) : 0;
      if (at === -1) continue;
      this.rest = piece.subarray(at);
      return true;
    }
  }

  truncated(): CsvError {
    return new CsvError(
      'CSV_GZIP_TRUNCATED',
      `${this.path} ends in the middle of its compressed data. Fetch the file again.`,
    );
  }

  corrupt(problem: string, cause?: unknown): CsvError {
    return new CsvError('CSV_GZIP_CORRUPT', `${this.path} is not valid gzip data: ${problem}. Fetch the file again.`, {
      cause,
    });
  }
}

async function readHeader(input: Input): Promise<void> {
  const [first] = await input.take(1);
  if (first !== MAGIC[0] || (await input.take(1))[0] !== MAGIC[1]) {
    throw input.corrupt(input.memberRead ? 'other data follows its end' : 'it has no gzip header');
  }
  const [method, flags] = await input.take(8);
  if (method !== METHOD_DEFLATE) throw input.corrupt(`compression method ${method} is unknown`);
  if (flags! & FLAG_EXTRA) await input.take((await input.take(2)).readUInt16LE());
  for (const flag of [FLAG_NAME, FLAG_COMMENT]) {
    if (flags! & flag) while ((await input.take(1))[0] !== 0);
  }
  if (flags! & FLAG_HEADER_CRC) await input.take(2);
}

/** Inflates a member and checks its trailer. Yields the output of each piece before it reads the next. */
async function* inflate(input: Input): AsyncGenerator<Buffer, void> {
  const stream = createInflateRaw({ chunkSize: DECOMPRESSED_CHUNK_BYTES });
  let output: Buffer[] = [];
  let ended = false;
  let failure: Error | null = null;
  stream.on('data', (chunk: Buffer) => output.push(chunk));
  stream.on('end', () => (ended = true));
  stream.on('error', (error) => (failure = error));
  let sum = 0;
  let bytes = 0;
  try {
    while (!ended) {
      const piece = await input.piece();
      if (piece === null) throw input.truncated();
      const before = stream.bytesWritten;
      await written(stream, piece);
      const chunks = output;
      output = [];
      // One by one, because a piece may expand to a thousand times its size, and all records of a chunk are in memory at once.
      for (const chunk of chunks) {
        sum = crc32(chunk, sum);
        bytes += chunk.length;
        yield chunk;
      }
      if (failure !== null) throw input.corrupt((failure as Error).message, failure);
      if (ended) input.giveBack(piece.subarray(stream.bytesWritten - before));
    }
  } finally {
    stream.destroy();
  }
  const trailer = await input.take(TRAILER_BYTES);
  if (trailer.readUInt32LE(0) !== sum) throw input.corrupt('its checksum differs');
  if (trailer.readUInt32LE(4) !== bytes % 2 ** 32) throw input.corrupt('its length differs');
  input.memberRead = true;
}

/** Resolves when the stream has consumed the piece, ended within it, or failed. */
function written(stream: InflateRaw, piece: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of ['end', 'error', 'close']) stream.off(event, done);
      resolve();
    };
    for (const event of ['end', 'error', 'close']) stream.once(event, done);
    stream.write(piece, done);
  });
}

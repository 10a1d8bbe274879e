import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { GeneratorError } from './generator-error.js';

const CHUNK = 256 * 1024;

/**
 * A text file written line by line in bounded memory: when `isFull` is true, the caller awaits `flush()`, which waits for the
 * disk.
 */
export class LineFile {
  /** Number of the physical line that is written next, starting at 1. */
  line = 1;
  /** Bytes before compression. */
  bytes = 0;

  private text = '';
  private readonly parts: Buffer[] = [];
  private partBytes = 0;
  private readonly stream: Writable;
  private readonly finished: Promise<void>;

  constructor(
    readonly path: string,
    gzip = false,
  ) {
    const file = createWriteStream(path);
    const compressor = gzip ? createGzip() : undefined;
    this.stream = compressor ?? file;
    const written = compressor ? pipeline(compressor, file) : once(file, 'close');
    this.finished = written.then(
      () => undefined,
      (error: unknown) => {
        throw new GeneratorError('CANNOT_WRITE', `cannot write ${path}: ${(error as Error).message}`, { cause: error });
      },
    );
    // The next flush or close throws the error; until then it must not crash the process.
    this.finished.catch(() => undefined);
  }

  get isFull(): boolean {
    return this.text.length + this.partBytes >= CHUNK;
  }

  /** Writes one line of ASCII text; the newline is added. */
  writeLine(text: string): void {
    this.text += text;
    this.text += '\n';
    this.line++;
  }

  /**
   * Writes any bytes and a newline.
   *
   * @param lines physical lines of the bytes, including newlines in quotes
   */
  writeBytes(bytes: Buffer, lines: number): void {
    this.seal();
    this.parts.push(bytes, NEWLINE);
    this.partBytes += bytes.length + 1;
    this.line += lines;
  }

  /** @throws GeneratorError (CANNOT_WRITE) */
  async flush(): Promise<void> {
    this.seal();
    const chunk = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    this.parts.length = 0;
    this.partBytes = 0;
    if (chunk.length === 0) return;
    this.bytes += chunk.length;
    // After an error there is no drain event, so also wait for the promise of the whole file.
    if (!this.stream.write(chunk)) await Promise.race([once(this.stream, 'drain'), this.finished]);
  }

  /** @throws GeneratorError (CANNOT_WRITE) */
  async close(): Promise<void> {
    await this.flush();
    this.stream.end();
    await this.finished;
  }

  private seal(): void {
    if (this.text === '') return;
    // Takes half the time of utf8; lines of text are ASCII.
    const bytes = Buffer.from(this.text, 'latin1');
    this.text = '';
    this.parts.push(bytes);
    this.partBytes += bytes.length;
  }
}

const NEWLINE = Buffer.from('\n');

import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { abortableSleep } from '../retry/backoff.js';
import { CsvError } from './csv-error.js';
import { fileCalls } from './file-calls.js';

/** How to deal with a file that somebody writes to while it is read: read on until it is left alone for so long. */
export interface Settle {
  readonly quietMs: number;
  readonly signal: AbortSignal;
}

/** A size that promises more than can be read may be an attribute that a network file system has cached. */
const EMPTY_READS = 5;
const EMPTY_READ_PAUSE_MS = 200;

const LEASED_PAUSE_MS = 200;

/**
 * A pipe that nobody writes to would keep an ordinary opening waiting for ever. A file server may hold a lease on a file; the
 * system asks for it back and refuses the file until it has it.
 */
export function openWithoutWaiting(path: string): Promise<FileHandle> {
  const tryToOpen = (): Promise<FileHandle> =>
    open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EAGAIN' || fileCalls.ended) throw error;
      await sleep(LEASED_PAUSE_MS);
      return tryToOpen();
    });
  return fileCalls.answer(path, tryToOpen);
}

/** A file on disk, read from one opening to its end; it notices when it is not the file any more that was opened. */
export class SourceFile {
  /** Bytes before the chunk that was given last. */
  bytesRead = 0;
  /** It has become longer since it was opened. */
  grew = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly opened: BigIntStats,
    private readonly settle: Settle | undefined,
  ) {}

  /** @throws CsvError CSV_FILE_UNUSABLE; the system's error */
  static async open(path: string, settle?: Settle): Promise<SourceFile> {
    const handle = await openWithoutWaiting(path);
    try {
      const stats = await fileCalls.answer(path, () => handle.stat({ bigint: true }));
      if (!stats.isFile()) throw new CsvError('CSV_FILE_UNUSABLE', `${path} is no regular file. Name a file.`);
      return new SourceFile(path, handle, stats, settle);
    } catch (error) {
      await fileCalls.answer(path, () => handle.close());
      throw error;
    }
  }

  /** Bytes, when it was opened. */
  get size(): number {
    return Number(this.opened.size);
  }

  get fd(): number {
    return this.handle.fd;
  }

  /** Its first bytes, at most so many. */
  async head(bytes: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.answer(() => this.handle.read(Buffer.alloc(bytes), 0, bytes, 0));
    return buffer.subarray(0, bytesRead);
  }

  /** For a reader of its own. @throws CsvError CSV_FILE_CHANGED */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.answer(() => this.handle.stat({ bigint: true }));
    if (size !== this.opened.size || mtimeNs !== this.opened.mtimeNs) throw this.changed('was written to');
  }

  close(): Promise<void> {
    return this.answer(() => this.handle.close());
  }

  /** @throws CsvError CSV_FILE_CHANGED after all that was read was given. */
  async *chunks(start: number, chunkBytes: number): AsyncGenerator<Buffer, void> {
    this.bytesRead = start;
    for (let emptyReads = 0; ;) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const { bytesRead } = await this.answer(() => this.handle.read(chunk, 0, chunkBytes, this.bytesRead));
      if (bytesRead > 0) {
        emptyReads = 0;
        yield chunk.subarray(0, bytesRead);
        this.bytesRead += bytesRead;
      } else {
        if (await this.hasEnded()) return;
        if (++emptyReads === EMPTY_READS) throw this.changed('gives fewer bytes than its size says');
        await abortableSleep(EMPTY_READ_PAUSE_MS, this.settle?.signal);
      }
    }
  }

  /** A read without a byte is the end only where the size says so, now and when the file was opened. */
  private async hasEnded(): Promise<boolean> {
    let before = this.opened;
    for (;;) {
      const now = await this.answer(() => this.handle.stat({ bigint: true }));
      if (now.size < this.bytesRead || now.size < this.opened.size) throw this.changed('was cut or rewritten');
      if (now.size > this.opened.size) this.grew = true;
      if (now.size > this.bytesRead) return this.stillWritten(now);
      if (now.size === before.size && now.mtimeNs === before.mtimeNs) return true;
      if (this.settle === undefined) throw this.changed('was written to');
      before = now;
      await abortableSleep(this.settle.quietMs, this.settle.signal);
    }
  }

  /** More can be read, unless nobody waits for a file that grows. */
  private stillWritten(now: BigIntStats): false {
    if (this.settle === undefined && now.size > this.opened.size) throw this.changed('has grown');
    return false;
  }

  private answer<T>(call: () => Promise<T>): Promise<T> {
    return fileCalls.answer(this.path, call);
  }

  private changed(what: string): CsvError {
    return new CsvError('CSV_FILE_CHANGED', `${this.path} ${what} while it was read. Start again once it is complete.`);
  }
}

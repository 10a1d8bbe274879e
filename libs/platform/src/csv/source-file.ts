import { constants, type BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { abortableSleep } from '../retry/backoff.js';
import { CsvError } from './csv-error.js';
import { fileCalls } from './file-calls.js';

/** For a file that is written to while it is read: keep reading until it has not changed for `quietMs`. */
export interface Settle {
  readonly quietMs: number;
  readonly signal: AbortSignal;
}

/** A network file system may report an outdated, larger size, so an empty read is repeated. */
const EMPTY_READS = 5;
const EMPTY_READ_PAUSE_MS = 200;

const LEASED_PAUSE_MS = 200;

/**
 * Opens a file without blocking: opening a pipe without a writer would wait forever. While another process holds a lease on the file,
 * the system refuses to open it, so the call is repeated.
 */
export function openNonBlocking(path: string): Promise<FileHandle> {
  const tryToOpen = (): Promise<FileHandle> =>
    open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EAGAIN' || fileCalls.ended) throw error;
      await sleep(LEASED_PAUSE_MS);
      return tryToOpen();
    });
  return fileCalls.run(path, tryToOpen);
}

/** A file on disk, opened once and read to its end. Detects that the file has changed since it was opened. */
export class SourceFile {
  /** Bytes before the last chunk. */
  bytesRead = 0;
  /** Whether it has grown since it was opened. */
  grew = false;

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly opened: BigIntStats,
    private readonly settle: Settle | undefined,
  ) {}

  /** @throws CsvError CSV_FILE_UNUSABLE; a system error */
  static async open(path: string, settle?: Settle): Promise<SourceFile> {
    const handle = await openNonBlocking(path);
    try {
      const stats = await fileCalls.run(path, () => handle.stat({ bigint: true }));
      if (!stats.isFile()) throw new CsvError('CSV_FILE_UNUSABLE', `${path} is not a regular file. Name a file.`);
      return new SourceFile(path, handle, stats, settle);
    } catch (error) {
      await fileCalls.run(path, () => handle.close());
      throw error;
    }
  }

  /** Size in bytes when it was opened. */
  get size(): number {
    return Number(this.opened.size);
  }

  get fd(): number {
    return this.handle.fd;
  }

  /** @returns its first bytes, at most `bytes` of them */
  async head(bytes: number): Promise<Buffer> {
    const { buffer, bytesRead } = await this.run(() => this.handle.read(Buffer.alloc(bytes), 0, bytes, 0));
    return buffer.subarray(0, bytesRead);
  }

  /** For callers that read through `fd`. @throws CsvError CSV_FILE_CHANGED */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeNs } = await this.run(() => this.handle.stat({ bigint: true }));
    if (size !== this.opened.size || mtimeNs !== this.opened.mtimeNs) throw this.changed('was written to');
  }

  close(): Promise<void> {
    return this.run(() => this.handle.close());
  }

  /** Yields the file from `start` on. @throws CsvError CSV_FILE_CHANGED after everything readable has been yielded. */
  async *chunks(start: number, chunkBytes: number): AsyncGenerator<Buffer, void> {
    this.bytesRead = start;
    for (let emptyReads = 0; ;) {
      const chunk = Buffer.allocUnsafeSlow(chunkBytes);
      const { bytesRead } = await this.run(() => this.handle.read(chunk, 0, chunkBytes, this.bytesRead));
      if (bytesRead > 0) {
        emptyReads = 0;
        yield chunk.subarray(0, bytesRead);
        this.bytesRead += bytesRead;
      } else {
        if (await this.hasEnded()) return;
        if (++emptyReads === EMPTY_READS) throw this.changed('has fewer bytes than its size says');
        await abortableSleep(EMPTY_READ_PAUSE_MS, this.settle?.signal);
      }
    }
  }

  /** An empty read is the end of the file only if the size confirms it, both now and when the file was opened. */
  private async hasEnded(): Promise<boolean> {
    let before = this.opened;
    for (;;) {
      const now = await this.run(() => this.handle.stat({ bigint: true }));
      if (now.size < this.bytesRead || now.size < this.opened.size) throw this.changed('was truncated or rewritten');
      if (now.size > this.opened.size) this.grew = true;
      if (now.size > this.bytesRead) return this.stillWritten(now);
      if (now.size === before.size && now.mtimeNs === before.mtimeNs) return true;
      if (this.settle === undefined) throw this.changed('was written to');
      before = now;
      await abortableSleep(this.settle.quietMs, this.settle.signal);
    }
  }

  /** There is more to read. @throws CsvError CSV_FILE_CHANGED unless growing files are waited for */
  private stillWritten(now: BigIntStats): false {
    if (this.settle === undefined && now.size > this.opened.size) throw this.changed('has grown');
    return false;
  }

  private run<T>(call: () => Promise<T>): Promise<T> {
    return fileCalls.run(this.path, call);
  }

  private changed(what: string): CsvError {
    return new CsvError('CSV_FILE_CHANGED', `${this.path} ${what} while it was read. Start again once it is complete.`);
  }
}

import { stat } from 'node:fs/promises';
import { readHeader } from './csv-header.js';
import type { CsvLimits, CsvRecord } from './csv-record.js';
import { readChunks, type SourceProgress } from './csv-source.js';
import { CsvSplitter } from './csv-splitter.js';

export interface CsvReaderOptions {
  /** Columns that the header must name. */
  readonly columns: readonly string[];
  /** Where to go on, from an earlier record's `nextOffset` and `nextLine`; without it right after the header. */
  readonly start?: { readonly offset: number; readonly line: number };
  readonly limits?: CsvLimits;
}

/**
 * Streams a `.csv` or `.csv.gz` file of any size: UTF-8, RFC 4180, header line first. Memory is bounded by a chunk of the file and
 * the longest record. A line that is no record is given as such, in its place, and reading goes on with the next line.
 *
 * @example
 * const reader = await CsvReader.open('clients.csv', { columns: ['client_id'] });
 * for await (const records of reader.batches()) for (const { fields, line } of records) …
 */
export class CsvReader {
  private constructor(
    readonly path: string,
    /** Column names in the file's order, trimmed; `fields` of each row has the same order. */
    readonly header: readonly string[],
    /** Size of the file as it is stored, in bytes. */
    readonly size: number,
    private readonly splitter: CsvSplitter,
    private readonly chunks: AsyncGenerator<Buffer, void>,
    private readonly progress: SourceProgress,
    private readonly firstRecords: CsvRecord[],
  ) {}

  /** @throws CsvError CSV_HEADER_INVALID, CSV_GZIP_TRUNCATED, CSV_GZIP_CORRUPT; the system's error when it cannot be opened. */
  static async open(path: string, options: CsvReaderOptions): Promise<CsvReader> {
    const { size } = await stat(path);
    const { limits, start } = options;
    const progress: SourceProgress = { bytesRead: 0 };
    const chunks = readChunks(path, 0, progress);
    const splitter = new CsvSplitter({ limits });
    try {
      const records = await readUntilRecord(chunks, splitter);
      const header = readHeader(path, records[0], options.columns);
      if (start === undefined) {
        return new CsvReader(path, header, size, splitter, chunks, progress, records.slice(1));
      }
      await chunks.return(undefined);
      const resumed = new CsvSplitter({ limits, start, fieldCount: header.length });
      return new CsvReader(path, header, size, resumed, readChunks(path, start.offset, progress), progress, []);
    } catch (error) {
      await chunks.return(undefined);
      throw error;
    }
  }

  /** Bytes read so far of the file as it is stored; of `size` they tell how far the reader is. */
  get bytesRead(): number {
    return this.progress.bytesRead;
  }

  /** Empty lines passed by so far. */
  get emptyLines(): number {
    return this.splitter.emptyLines;
  }

  /** The records in the file's order, some thousand at a time. Can be run once; leaving the loop closes the file. */
  async *batches(): AsyncGenerator<CsvRecord[]> {
    try {
      if (this.firstRecords.length > 0) yield this.firstRecords.splice(0);
      for await (const chunk of this.chunks) {
        const records = this.splitter.push(chunk);
        if (records.length > 0) yield records;
      }
      const records = this.splitter.end();
      if (records.length > 0) yield records;
    } finally {
      await this.close();
    }
  }

  /** Only needed when `batches` is not run. */
  async close(): Promise<void> {
    await this.chunks.return(undefined);
  }
}

async function readUntilRecord(chunks: AsyncGenerator<Buffer, void>, splitter: CsvSplitter): Promise<CsvRecord[]> {
  for (;;) {
    const next = await chunks.next();
    const records = next.done ? splitter.end() : splitter.push(next.value);
    if (records.length > 0 || next.done) return records;
  }
}

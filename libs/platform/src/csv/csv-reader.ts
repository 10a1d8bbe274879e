import { ContentSum, type Content } from './content-sum.js';
import { CsvError } from './csv-error.js';
import { readHeader } from './csv-header.js';
import { quoted } from './file-format.js';
import type { CsvLimits, CsvRecord, CsvRow } from './csv-record.js';
import { readChunks } from './csv-source.js';
import { CsvSplitter } from './csv-splitter.js';
import type { Settle, SourceFile } from './source-file.js';

export interface CsvReaderOptions {
  /** Columns that the header must name. */
  readonly columns: readonly string[];
  /** Where to resume: `nextOffset` and `nextLine` of an earlier record. Default: after the header. */
  readonly start?: { readonly offset: number; readonly line: number };
  /** The content read before `start`, which `content` continues. With `start` but without this, `content` is undefined. */
  readonly contentBefore?: Content;
  readonly limits?: CsvLimits;
  /** Default: a file that changes while it is read is an error at once. */
  readonly settle?: Settle;
}

/** The file being read; it is opened with the first chunk. */
interface OpenedSource {
  file?: SourceFile;
}

/**
 * Streams a `.csv` or `.csv.gz` file of any size: UTF-8, RFC 4180, header line first. Memory is bounded by a chunk of the file and
 * the longest record. A line that does not parse is returned as an `UnparsableLine` in its place, and reading continues.
 *
 * @example
 * const reader = await CsvReader.open('clients.csv', { columns: ['client_id'] });
 * for await (const records of reader.batches()) for (const { fields, line } of records) …
 */
export class CsvReader {
  private constructor(
    readonly path: string,
    /** Column names in file order, trimmed; `fields` of each row has the same order. */
    readonly header: readonly string[],
    private readonly source: OpenedSource,
    private readonly splitter: CsvSplitter,
    private readonly chunks: AsyncGenerator<Buffer, void>,
    private readonly firstRecords: CsvRecord[],
    private readonly sum: ContentSum | undefined,
  ) {}

  /** @throws CsvError when it is not a CSV file with these columns; a system error when it cannot be opened. */
  static async open(path: string, options: CsvReaderOptions): Promise<CsvReader> {
    const { columns, limits, settle, start, contentBefore } = options;
    const source: OpenedSource = {};
    const onOpen = (file: SourceFile) => (source.file = file);
    const sum = new ContentSum();
    const chunks = readChunks(path, { columns, settle, sum, onOpen });
    const splitter = new CsvSplitter({ limits });
    try {
      const records = await readUntilRecord(chunks, splitter);
      const header = readHeader(path, records[0], columns);
      if (start === undefined) {
        return new CsvReader(path, header, source, splitter, chunks, records.slice(1), sum);
      }
      await chunks.return(undefined);
      const resumedSum = contentBefore && new ContentSum(contentBefore);
      const rest = readChunks(path, { offset: start.offset, columns, settle, sum: resumedSum, onOpen });
      const line = records[0] as CsvRow;
      const resumed = new CsvSplitter({
        ...{ limits, start, fieldCount: header.length },
        header: line.chunk.subarray(line.start, line.end),
      });
      return new CsvReader(path, header, source, resumed, rest, [], resumedSum);
    } catch (error) {
      await chunks.return(undefined);
      throw error;
    }
  }

  /** The uncompressed content read so far, at least up to the end of the last record returned. */
  get content(): Content | undefined {
    return this.sum && { bytes: this.sum.bytes, crc32: this.sum.crc32 };
  }

  /** Bytes read so far of the file as it is on disk. */
  get bytesRead(): number {
    return this.source.file?.bytesRead ?? 0;
  }

  /** Empty lines skipped so far. */
  get emptyLines(): number {
    return this.splitter.emptyLines;
  }

  /** Lines that repeat the header, skipped so far. Concatenated files have them. */
  get repeatedHeaders(): number {
    return this.splitter.repeatedHeaders;
  }

  /** Yields the records in file order, a few thousand at a time. Can be called once; leaving the loop closes the file. */
  async *batches(): AsyncGenerator<CsvRecord[]> {
    try {
      if (this.firstRecords.length > 0) yield this.firstRecords.splice(0);
      this.refuseForeignHeader();
      for await (const chunk of this.chunks) {
        const records = this.splitter.push(chunk);
        if (records.length > 0) yield records;
        this.refuseForeignHeader();
      }
      if (this.source.file?.grew && this.splitter.isWithinRecord) {
        throw new CsvError(
          'CSV_FILE_CHANGED',
          `${this.path} has grown while it was read, and its last line is not complete yet. Start again once it is.`,
        );
      }
      const records = this.splitter.end();
      if (records.length > 0) yield records;
      this.refuseForeignHeader();
    } finally {
      await this.close();
    }
  }

  private refuseForeignHeader(): void {
    const line = this.splitter.foreignHeaderLine;
    if (line === undefined) return;
    throw new CsvError(
      'CSV_HEADER_INVALID',
      `${this.path}: line ${line} is another header, with the columns in a different order than line 1. Put the lines from there on into a separate file: ` +
        `tail -n +${line} ${quoted(this.path)} > second.csv`,
    );
  }

  /** Only needed when `batches` is not called. */
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

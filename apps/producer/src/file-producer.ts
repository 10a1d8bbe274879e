import { basename } from 'node:path';
import { hasContent, type Content } from '#platform/csv/content-sum.js';
import { CsvError } from '#platform/csv/csv-error.js';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { CsvRow, type CsvRecord, type UnparsableLine } from '#platform/csv/csv-record.js';
import { RowEncoder } from '#platform/csv/row-encoder.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import { abortableSleep } from '#platform/retry/backoff.js';
import { contract } from '#schema/contract.js';
import type { RecordWriter } from './kafka/record-writer.js';
import { unlimited, type Pacing } from './pacing/pacing.js';
import type { FilePosition } from '#platform/producer-positions/file-position.js';
import { changedWhileRead, finalFingerprint } from './positions/position.js';

/** Twenty small requests per second look smooth and cost little; with shorter pauses each would hold a handful of rows. */
const SHORTEST_PAUSE_MS = 50;
/** Before a longer pause the position is stored at once, in a separate request. */
const LONG_PAUSE_MS = 1_000;

/** A growing file is complete when nothing has been written to it for this long. */
const SETTLED_AFTER_MS = 3_000;

const COLUMNS = contract.columns.map(({ name }) => name);

/** Produces one file, starting at a stored position. */
export class FileProducer {
  /** Base name. */
  readonly name: string;
  /** Bytes on disk (compressed, if the file is) before the starting position. */
  readonly bytesAtStart: number;
  private readonly encoder: RowEncoder;
  /** Position after the last record handed to the writer, as in FilePosition. */
  private offset: number;
  private line: number;
  private rows: number;
  /** How much of `bytesRead` the metric has counted. */
  private bytesCounted: number;
  private readonly sentAtIndex: number;
  private readonly rowsRead;
  private readonly linesUnparsable;
  private readonly headersRepeated;
  private readonly sourceBytesRead;

  private constructor(
    private readonly reader: CsvReader,
    private readonly start: FilePosition,
    private readonly writer: RecordWriter,
    private readonly pacing: Pacing,
    metrics: Metrics,
    private readonly stopping: AbortSignal,
  ) {
    this.name = basename(reader.path);
    this.bytesAtStart = reader.bytesRead;
    this.bytesCounted = reader.bytesRead;
    ({ offset: this.offset, line: this.line, rows: this.rows } = start);
    this.encoder = new RowEncoder(reader.header, COLUMNS, 'id');
    this.sentAtIndex = reader.header.indexOf('sent_at');
    this.rowsRead = metrics.counter('rowsRead');
    this.linesUnparsable = metrics.counter('linesUnparsable');
    this.headersRepeated = metrics.counter('headersRepeated');
    this.sourceBytesRead = metrics.counter('sourceBytesRead');
  }

  /** Whether a file begins with the given content or, with `whole`, consists of nothing else. */
  static hasContent(file: string, content: Content, whole: boolean, signal: AbortSignal): Promise<boolean> {
    return hasContent(file, content, { whole, columns: COLUMNS, signal });
  }

  /** @throws CsvError when the file has no usable header; a system error when it cannot be read. */
  static async checkHeader(file: string): Promise<void> {
    await (await CsvReader.open(file, { columns: COLUMNS })).close();
  }

  /**
   * @param waits whether to wait until a growing file is complete, rather than leave the rest to a later run.
   * @throws CsvError when the file has no usable header.
   */
  static async open(
    start: FilePosition,
    waits: boolean,
    writer: RecordWriter,
    pacing: Pacing,
    metrics: Metrics,
    stopping: AbortSignal,
  ): Promise<FileProducer> {
    const { offset, line, content } = start;
    const reader = await CsvReader.open(start.file, {
      columns: COLUMNS,
      settle: waits ? { quietMs: SETTLED_AFTER_MS, signal: stopping } : undefined,
      ...(offset > 0 ? { start: { offset, line }, contentBefore: content } : {}),
    });
    return new FileProducer(reader, start, writer, pacing, metrics, stopping);
  }

  /** Number of header lines among the rows; they are not sent. */
  get repeatedHeaders(): number {
    return this.reader.repeatedHeaders;
  }

  /** Bytes on disk read so far. */
  get bytesRead(): number {
    return this.reader.bytesRead;
  }

  /**
   * Resolves when every record is acknowledged and the position is stored. When `stopping` aborts, that means every record
   * read so far.
   *
   * @throws CsvError, ProducerError PRODUCER_FILE_CHANGED or a system error when reading fails or the file changes meanwhile.
   * The records read before are acknowledged first.
   */
  async run(): Promise<void> {
    try {
      await this.produceBatches();
    } catch (error) {
      // Report the original error, even if draining fails as well.
      await this.writer.drain(this.position()).catch(() => undefined);
      if (error instanceof CsvError && error.code === 'CSV_FILE_CHANGED') throw changedWhileRead(error.message, error);
      throw error;
    }
    await this.writer.drain(this.position());
    if (this.stopping.aborted) return;
    const end = await finalFingerprint(this.start, this.reader.content, (content, whole) =>
      FileProducer.hasContent(this.start.file, content, whole, this.stopping),
    );
    await this.writer.store({ ...this.position(), ...end, done: true });
  }

  private async produceBatches(): Promise<void> {
    try {
      for await (const records of this.reader.batches()) {
        await this.produce(records);
        this.countBytes();
        if (this.stopping.aborted) return;
      }
      this.countBytes();
    } finally {
      this.headersRepeated.inc(this.repeatedHeaders);
    }
  }

  /** The reader counts a chunk when it moves on to the next one, so the last chunk only counts at the end of the file. */
  private countBytes(): void {
    this.sourceBytesRead.inc(this.bytesRead - this.bytesCounted);
    this.bytesCounted = this.bytesRead;
  }

  private async produce(records: readonly CsvRecord[]): Promise<void> {
    let unparsable = 0;
    const rowsBefore = this.rows;
    for (const record of records) {
      if (this.pacing !== unlimited) await this.pace(record);
      if (this.stopping.aborted) break;
      if (record instanceof CsvRow) {
        this.encoder.encode(record);
        while (!this.writer.appendRow(this.encoder, record.line)) await this.writer.flush(this.position());
      } else {
        unparsable += 1;
        const headers = this.headersOf(record);
        while (!this.writer.appendUnparsable(record, headers)) await this.writer.flush(this.position());
      }
      this.offset = record.nextOffset;
      this.line = record.nextLine;
      this.rows += 1;
    }
    this.rowsRead.inc(this.rows - rowsBefore);
    this.linesUnparsable.inc(unparsable);
  }

  private position(): FilePosition {
    const { offset, line, rows } = this;
    return { ...this.start, offset, line, rows, bytesRead: this.bytesRead, content: this.reader.content };
  }

  private headersOf({ line, reason }: UnparsableLine): [string, string][] {
    const { unparsableHeader, fileHeader, lineHeader } = contract.record;
    return [
      [unparsableHeader, reason],
      [fileHeader, this.name],
      [lineHeader, String(line)],
    ];
  }

  /** Waits until the record is due; records gathered earlier are sent first. */
  private async pace(record: CsvRecord): Promise<void> {
    const sentAt = record instanceof CsvRow ? record.fields[this.sentAtIndex] : undefined;
    for (
      let delay = this.pacing.delay(sentAt);
      delay > 0 && !this.stopping.aborted;
      delay = this.pacing.delay(sentAt)
    ) {
      if (delay > LONG_PAUSE_MS) await this.writer.drain(this.position());
      else await this.writer.flush(this.position());
      await abortableSleep(Math.max(delay, SHORTEST_PAUSE_MS), this.stopping).catch(() => undefined);
    }
  }
}

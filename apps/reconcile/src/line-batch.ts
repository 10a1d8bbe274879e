import { UnparsableLine, type CsvRecord } from '#platform/csv/csv-record.js';

/** A line that the cleaner rejects. */
export interface RejectedLine {
  /** Position in the batch. */
  readonly at: number;
  readonly reasons: readonly string[];
}

const FIRST_BYTES = 2 * 1024 * 1024;
const POSITION_BYTES = 16;
const NEWLINE = 0x0a;
const NONE = Buffer.alloc(0);

/** Cleaned lines that follow each other in one file. */
export class LineBatch {
  readonly records: CsvRecord[] = [];
  bytes = 0;
  /** Positions of the rows in the batch. */
  readonly rowsAt: number[] = [];
  /** The day of each row. */
  readonly days: string[] = [];
  readonly rejected: RejectedLine[] = [];
  /** Bytes instead of texts, which the garbage collector would copy. */
  private copied = Buffer.allocUnsafeSlow(FIRST_BYTES);
  private copiedBytes = 0;

  /** @param first number of its first line, over all files */
  constructor(readonly first: number) {}

  get size(): number {
    return this.records.length;
  }

  /** The rows with their positions, for COPY. Can be taken once. */
  takeRows(): Buffer {
    const rows = this.copied.subarray(0, this.copiedBytes);
    this.copied = NONE;
    return rows;
  }

  /** @param line for COPY */
  addRow(record: CsvRecord, line: string, day: string): void {
    const at = this.add(record);
    this.rowsAt.push(at);
    this.days.push(day);
    this.reserve(POSITION_BYTES + 3 * line.length);
    this.copiedBytes += this.copied.write(`${at}\t`, this.copiedBytes, 'latin1');
    this.copiedBytes += this.copied.write(line, this.copiedBytes);
    this.copied[this.copiedBytes++] = NEWLINE;
  }

  addRejected(record: CsvRecord, reasons: readonly string[]): void {
    this.rejected.push({ at: this.add(record), reasons });
  }

  private reserve(bytes: number): void {
    const needed = this.copiedBytes + bytes;
    if (needed <= this.copied.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * needed);
    this.copied.copy(larger, 0, 0, this.copiedBytes);
    this.copied = larger;
  }

  private add(record: CsvRecord): number {
    this.bytes += record instanceof UnparsableLine ? record.raw.length : record.end - record.start;
    return this.records.push(record) - 1;
  }
}

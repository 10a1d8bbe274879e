import { UnparsableLine, type CsvRecord } from '#platform/csv/csv-record.js';

/** A line that the cleaner rejects. */
export interface RejectedLine {
  /** Position in the batch. */
  readonly at: number;
  readonly reasons: readonly string[];
}

/** Cleaned lines that follow each other in one file. */
export class LineBatch {
  readonly records: CsvRecord[] = [];
  bytes = 0;
  /** Positions of the rows in the batch. */
  readonly rowsAt: number[] = [];
  /** The day of each row. */
  readonly days: string[] = [];
  readonly rejected: RejectedLine[] = [];
  private copied: string[] = [];

  /** @param first number of its first line, over all files */
  constructor(readonly first: number) {}

  get size(): number {
    return this.records.length;
  }

  /** The rows with their positions, for COPY. Can be taken once. */
  takeRows(): Buffer {
    const rows = Buffer.from(this.copied.join(''));
    this.copied = [];
    return rows;
  }

  /** @param line for COPY */
  addRow(record: CsvRecord, line: string, day: string): void {
    const at = this.add(record);
    this.rowsAt.push(at);
    this.days.push(day);
    this.copied.push(`${at}\t${line}\n`);
  }

  addRejected(record: CsvRecord, reasons: readonly string[]): void {
    this.rejected.push({ at: this.add(record), reasons });
  }

  private add(record: CsvRecord): number {
    this.bytes += record instanceof UnparsableLine ? record.raw.length : record.end - record.start;
    return this.records.push(record) - 1;
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { CsvReader } from '#platform/csv/csv-reader.js';
import { UnparsableLine, type CsvRecord, type CsvRow } from '#platform/csv/csv-record.js';
import { RowEncoder } from '#platform/csv/row-encoder.js';
import { clean, cleanTexts, type Cleaned } from '#schema/cleaner.js';
import { positionOf } from '#schema/columns.js';
import { COLUMN_NAMES, contract } from '#schema/contract.js';
import { copyLine } from '#schema/copy-text.js';
import { LineBatch } from './line-batch.js';
import { NO_DATE } from './tally.js';

/** Limits of one batch: small enough that two of them need little memory, large enough that round trips do not matter. */
const BATCH_LINES = 5_000;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Lines cleaned in one go, less than a millisecond: the database waits for its next statement meanwhile. */
const SLICE_LINES = 100;

/** Escaping makes JSON at most six times as long, so shorter lines cannot be too large for a record. */
const SURELY_SMALL_BYTES = 64 * 1024;

const DAY = positionOf('date');

/** A message file, read as the producer reads it. */
export class MessageFile {
  private readonly encoder: RowEncoder;
  /** Where the contract's columns are in a line; undefined if they are in the contract's order. */
  private readonly places: readonly number[] | undefined;

  private constructor(private readonly reader: CsvReader) {
    const { header } = reader;
    this.encoder = new RowEncoder(header, COLUMN_NAMES, contract.primaryKey[0]);
    const places = COLUMN_NAMES.map((name) => header.indexOf(name));
    this.places = places.some((place, column) => place !== column) ? places : undefined;
  }

  /** @throws CsvError, a system error */
  static async open(path: string): Promise<MessageFile> {
    return new MessageFile(await CsvReader.open(path, { columns: COLUMN_NAMES }));
  }

  get path(): string {
    return this.reader.path;
  }

  /** Bytes read so far of the file as it is on disk. */
  get bytesRead(): number {
    return this.reader.bytesRead;
  }

  get repeatedHeaders(): number {
    return this.reader.repeatedHeaders;
  }

  /** Only needed when nothing is read. */
  close(): Promise<void> {
    return this.reader.close();
  }

  /** Yields the records in file order, a few thousand at a time. Leaving the loop closes the file. */
  records(): AsyncGenerator<CsvRecord[]> {
    return this.reader.batches();
  }

  /** Yields the cleaned lines in file order. @param first number of the first line, over all files */
  async *batches(first: number): AsyncGenerator<LineBatch> {
    let batch = new LineBatch(first);
    for await (const records of this.reader.batches()) {
      for (let i = 0; i < records.length; i++) {
        this.add(records[i]!, batch);
        if (batch.size >= BATCH_LINES || batch.bytes >= BATCH_BYTES) {
          yield batch;
          batch = new LineBatch(batch.first + batch.size);
        }
        if (i % SLICE_LINES === SLICE_LINES - 1) await nextTurn();
      }
    }
    if (batch.size > 0) yield batch;
  }

  /** The Kafka value that the producer sends for a record. Valid until the next call. */
  valueOf(record: CsvRecord): Buffer {
    if (record instanceof UnparsableLine) return record.raw;
    this.encoder.encode(record);
    return this.encoder.value.subarray(0, this.encoder.valueLength);
  }

  /** The Kafka key that the producer sends with `valueOf`; null if it sends none. */
  keyOf(record: CsvRecord): Buffer | null {
    if (record instanceof UnparsableLine) return null;
    this.encoder.encode(record);
    return this.encoder.keyLength === -1 ? null : Buffer.from(this.encoder.key.subarray(0, this.encoder.keyLength));
  }

  private add(record: CsvRecord, batch: LineBatch): void {
    const cleaned = this.clean(record);
    if (cleaned.kind === 'row') {
      batch.addRow(record, copyLine(cleaned.values), cleaned.values[DAY] ?? NO_DATE);
    } else {
      const reasons = cleaned.kind === 'rejected' ? cleaned.reasons.map(({ reason }) => reason) : [];
      batch.addRejected(record, reasons);
    }
  }

  /** The cleaner's slow path: this command is to find errors of the fast one. */
  private clean(record: CsvRecord): Cleaned {
    if (record instanceof UnparsableLine) return clean(record.raw, true);
    if (record.end - record.start > SURELY_SMALL_BYTES) return clean(this.valueOf(record));
    return cleanTexts(this.textsOf(record));
  }

  private textsOf({ fields }: CsvRow): readonly string[] {
    return this.places === undefined ? fields : this.places.map((place) => fields[place]!);
  }
}

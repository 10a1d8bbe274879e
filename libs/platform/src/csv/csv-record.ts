/** A record that parsed: as many fields as the header has. */
export class CsvRow {
  /**
   * @param line physical line (from 1; the header counts) on which the record begins.
   * @param nextLine physical line on which the next record begins; more than `line` + 1 after a quoted newline.
   * @param nextOffset offset in the uncompressed file, in bytes, at which reading can go on after this record.
   * @param chunk holds the record's bytes from `start` to `end`, without the line end; keeping a row keeps the chunk.
   * @param ascii whether all its bytes are ASCII; if not they are valid UTF-8.
   * @param parsed the fields of a record with quotes; null says that splitting the bytes at the commas gives them.
   */
  constructor(
    readonly line: number,
    readonly nextLine: number,
    readonly nextOffset: number,
    readonly chunk: Buffer,
    readonly start: number,
    readonly end: number,
    readonly ascii: boolean,
    private readonly parsed: string[] | null,
  ) {}

  /** No quotes: the bytes between the commas are the fields. */
  get plain(): boolean {
    return this.parsed === null;
  }

  /** The fields, in the header's order. Made anew at each call, as those who only need the bytes should not pay for it. */
  get fields(): string[] {
    return this.parsed ?? this.chunk.toString(this.ascii ? 'latin1' : 'utf8', this.start, this.end).split(',');
  }
}

/** A physical line, or a part of an over-long one, that is no record. */
export class UnparsableLine {
  /**
   * @param raw the bytes as they stand in the file, without the line end.
   * @param reason what is wrong, for a human; shows no value of the line.
   * @param nextOffset as in CsvRow; for all but the last part of an over-long line it is where that line begins.
   */
  constructor(
    readonly line: number,
    readonly nextLine: number,
    readonly nextOffset: number,
    readonly raw: Buffer,
    readonly reason: string,
  ) {}
}

export type CsvRecord = CsvRow | UnparsableLine;

export interface CsvLimits {
  /** Longest record, in bytes; a longer physical line is given in parts of this size. */
  readonly maxRecordBytes: number;
  /** Most physical lines of one quoted record; bounds the work that an unclosed quote causes. */
  readonly maxRecordLines: number;
}

export const DEFAULT_CSV_LIMITS: CsvLimits = { maxRecordBytes: 4 * 1024 * 1024, maxRecordLines: 1_000 };

/** A record that parsed, with as many fields as the header. */
export class CsvRow {
  /**
   * @param line physical line on which the record begins; the first line of the file is 1.
   * @param nextLine physical line on which the next record begins; more than `line` + 1 after a quoted newline.
   * @param nextOffset byte offset in the uncompressed file at which reading can resume after this record.
   * @param chunk holds the record's bytes from `start` to `end`, without the line end; keeping a row keeps the chunk.
   * @param ascii whether all its bytes are ASCII; if not they are valid UTF-8.
   * @param parsed the fields of a record with quotes; null if splitting the bytes at the commas gives the fields.
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

  /** The fields, in header order. Computed at each call, so that callers that need only the bytes do not pay for it. */
  get fields(): string[] {
    return this.parsed ?? this.chunk.toString(this.ascii ? 'latin1' : 'utf8', this.start, this.end).split(',');
  }
}

/** A physical line that does not parse, or a part of an over-long line. */
export class UnparsableLine {
  /**
   * @param raw the bytes as they are in the file, without the line end.
   * @param reason what is wrong, as text that shows no value of the line.
   * @param nextOffset as in CsvRow; for all parts but the last of an over-long line, the offset at which the line begins.
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
  /** Longest record, in bytes. A longer physical line is returned in parts of this size. */
  readonly maxRecordBytes: number;
  /** Maximum physical lines of one quoted record; limits the work caused by an unclosed quote. */
  readonly maxRecordLines: number;
}

export const DEFAULT_CSV_LIMITS: CsvLimits = { maxRecordBytes: 4 * 1024 * 1024, maxRecordLines: 1_000 };

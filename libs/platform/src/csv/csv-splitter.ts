import { isAscii, isUtf8 } from 'node:buffer';
import { CsvRow, DEFAULT_CSV_LIMITS, UnparsableLine, type CsvLimits, type CsvRecord } from './csv-record.js';
import { parseQuotedRecord } from './quoted-record.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const NONE = Buffer.alloc(0);

export interface CsvSplitterOptions {
  /** Number of fields of every record; without it the first record (the header) decides. */
  readonly fieldCount?: number;
  /** Where the first chunk stands in the file: offset in bytes and physical line. */
  readonly start?: { readonly offset: number; readonly line: number };
  readonly limits?: CsvLimits;
}

/**
 * Cuts the chunks of a CSV file (RFC 4180; LF or CRLF; UTF-8) into records. Holds back at most one unfinished record.
 * A line without a quote, nearly every one in practice, costs one pass over its bytes and one object.
 */
export class CsvSplitter {
  /** Empty lines passed by so far. */
  emptyLines = 0;
  private fieldCount: number | undefined;
  private readonly limits: CsvLimits;
  /** Bytes of an unfinished record, followed by the chunk being split. */
  private buffer: Buffer = NONE;
  private ascii = true;
  /** Where `buffer` begins in the file. */
  private base: number;
  private line: number;
  /** Where the over-long line began whose parts are being given. */
  private longLineOffset: number | null = null;
  private records: CsvRecord[] = [];

  constructor(options: CsvSplitterOptions = {}) {
    this.fieldCount = options.fieldCount;
    this.limits = options.limits ?? DEFAULT_CSV_LIMITS;
    this.base = options.start?.offset ?? 0;
    this.line = options.start?.line ?? 1;
  }

  /** The records that end within this chunk; they refer to its memory. */
  push(chunk: Buffer): CsvRecord[] {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    return this.split(false);
  }

  /** What is left after the last chunk: a last line without a newline. */
  end(): CsvRecord[] {
    return this.split(true);
  }

  private split(final: boolean): CsvRecord[] {
    const { buffer } = this;
    this.records = [];
    this.ascii = isAscii(buffer);
    let pos = this.base === 0 ? skipByteOrderMark(buffer) : 0;
    while (pos < buffer.length) {
      const next = this.splitOne(pos, final);
      if (next === pos) break;
      pos = next;
    }
    this.buffer = buffer.subarray(pos);
    this.base += pos;
    return this.records;
  }

  /** Gives the record that begins at `pos`; returns where the next one begins, or `pos` when more bytes are needed. */
  private splitOne(pos: number, final: boolean): number {
    const { buffer, limits } = this;
    const length = buffer.length;
    let commas = 0;
    let quoted = false;
    let lineEnd = pos;
    for (; lineEnd < length; lineEnd++) {
      const byte = buffer[lineEnd];
      if (byte === COMMA) commas += 1;
      else if (byte === LF) break;
      else if (byte === QUOTE) {
        quoted = true;
        const newline = buffer.indexOf(LF, lineEnd);
        lineEnd = newline === -1 ? length : newline;
        break;
      }
    }
    if (this.longLineOffset !== null || lineEnd - pos > limits.maxRecordBytes)
      return this.giveLongLine(pos, lineEnd, final);
    if (lineEnd === length && !final) return pos;

    if (!quoted) return this.givePlainLine(pos, lineEnd, commas + 1);
    const parsed = parseQuotedRecord(buffer, pos, final, limits);
    if (parsed.kind === 'more') return pos;
    // Of a record that is wrong only the first line is given up: the quote may have been a stray one.
    if (parsed.kind === 'error') return this.giveUnparsable(pos, lineEnd, parsed.reason);
    const problem = this.problemOf(pos, parsed.next, parsed.fields.length);
    if (problem !== null) return this.giveUnparsable(pos, lineEnd, problem);
    const { line } = this;
    this.line += parsed.lines;
    this.records.push(
      new CsvRow(line, this.line, this.base + parsed.next, buffer, pos, parsed.next, this.ascii, parsed.fields),
    );
    return parsed.next;
  }

  private givePlainLine(pos: number, lineEnd: number, fieldCount: number): number {
    const end = this.withoutCarriageReturn(pos, lineEnd);
    const next = this.after(lineEnd);
    if (end === pos) {
      this.emptyLines += 1;
      this.line += 1;
      return next;
    }
    const problem = this.problemOf(pos, end, fieldCount);
    if (problem !== null) return this.giveUnparsable(pos, lineEnd, problem);
    const line = this.line++;
    this.records.push(new CsvRow(line, line + 1, this.base + next, this.buffer, pos, end, this.ascii, null));
    return next;
  }

  private problemOf(start: number, end: number, fieldCount: number): string | null {
    if (!this.ascii && !isUtf8(this.buffer.subarray(start, end))) return 'not valid UTF-8';
    this.fieldCount ??= fieldCount;
    return fieldCount === this.fieldCount ? null : `${fieldCount} fields instead of ${this.fieldCount}`;
  }

  private giveUnparsable(pos: number, lineEnd: number, reason: string): number {
    const next = this.after(lineEnd);
    const raw = this.buffer.subarray(pos, this.withoutCarriageReturn(pos, lineEnd));
    const line = this.line++;
    this.records.push(new UnparsableLine(line, line + 1, this.base + next, raw, reason));
    return next;
  }

  /** Gives the line from `start` on in parts; what is below the limit waits for the line's end. */
  private giveLongLine(start: number, lineEnd: number, final: boolean): number {
    const limit = this.limits.maxRecordBytes;
    const reason = `a line longer than ${limit} bytes`;
    this.longLineOffset ??= this.base + start;
    let pos = start;
    for (; lineEnd - pos > limit; pos += limit) {
      const raw = this.buffer.subarray(pos, pos + limit);
      this.records.push(new UnparsableLine(this.line, this.line, this.longLineOffset, raw, reason));
    }
    if (lineEnd === this.buffer.length && !final) return pos;
    this.longLineOffset = null;
    return this.giveUnparsable(pos, lineEnd, reason);
  }

  private withoutCarriageReturn(pos: number, lineEnd: number): number {
    return lineEnd > pos && this.buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  }

  /** Where the next line begins; the last line may lack its newline. */
  private after(lineEnd: number): number {
    return Math.min(lineEnd + 1, this.buffer.length);
  }
}

/** While too few bytes are there to tell, no line is complete either, so nothing is given before this is asked again. */
function skipByteOrderMark(buffer: Buffer): number {
  const { length } = BYTE_ORDER_MARK;
  return BYTE_ORDER_MARK.equals(buffer.subarray(0, length)) ? length : 0;
}

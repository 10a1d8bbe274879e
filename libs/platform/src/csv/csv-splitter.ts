import { isAscii, isUtf8 } from 'node:buffer';
import { HeaderLine } from './header-line.js';
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
  /** The header line, where the chunks begin behind it; without it the first record is the header. */
  readonly header?: Buffer;
  /** Where the first chunk stands in the file: offset in bytes and physical line. */
  readonly start?: { readonly offset: number; readonly line: number };
  readonly limits?: CsvLimits;
}

/**
 * Cuts the chunks of a CSV file (RFC 4180; LF or CRLF; UTF-8) into records. Holds back at most one unfinished record.
 * A line without a quote, nearly every one in practice, costs one pass over its bytes and one object.
 */
export class CsvSplitter {
  /** Empty lines skipped so far. */
  emptyLines = 0;
  /** Lines that repeat the header, skipped so far. */
  repeatedHeaders = 0;
  /** The line at which splitting ended, because what follows it cannot be read by this header. */
  foreignHeaderLine: number | undefined;
  /** Undefined before the first record, which is the header; null where repetitions are not looked for. */
  private header: HeaderLine | null | undefined;
  private fieldCount: number | undefined;
  private readonly limits: CsvLimits;
  /** Bytes of an unfinished record, followed by the chunk being split. */
  private buffer: Buffer = NONE;
  /** Chunks behind these that have no line end either; joined once, so that a long line in many pieces takes linear time. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  private ascii = true;
  /** Where `buffer` begins in the file. */
  private base: number;
  private line: number;
  /** Where the over-long line began whose parts are being given. */
  private longLineOffset: number | null = null;
  private records: CsvRecord[] = [];

  constructor(options: CsvSplitterOptions = {}) {
    this.fieldCount = options.fieldCount;
    if (options.header !== undefined) this.header = new HeaderLine(options.header);
    else if (options.fieldCount !== undefined) this.header = null;
    this.limits = options.limits ?? DEFAULT_CSV_LIMITS;
    this.base = options.start?.offset ?? 0;
    this.line = options.start?.line ?? 1;
  }

  /** The bytes that were pushed end in the middle of a record, or in a last line without a newline. */
  get isWithinRecord(): boolean {
    return this.buffer.length + this.heldBytes > 0;
  }

  /** The records that end within this chunk; they refer to its memory. */
  push(chunk: Buffer): CsvRecord[] {
    if (this.buffer.length === 0) {
      this.buffer = chunk;
      return this.split(false);
    }
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    const fits = this.buffer.length + this.heldBytes <= this.limits.maxRecordBytes;
    if (fits && !chunk.includes(LF)) return [];
    this.join();
    return this.split(false);
  }

  /** What is left after the last chunk: a last line without a newline. */
  end(): CsvRecord[] {
    this.join();
    return this.split(true);
  }

  private join(): void {
    if (this.held.length > 0) this.buffer = Buffer.concat([this.buffer, ...this.held]);
    this.held = [];
    this.heldBytes = 0;
  }

  private split(final: boolean): CsvRecord[] {
    const { buffer } = this;
    this.records = [];
    this.ascii = isAscii(buffer);
    let pos = this.base === 0 ? skipByteOrderMark(buffer) : 0;
    while (pos < buffer.length && this.foreignHeaderLine === undefined) {
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
    if (this.isHeaderAgain(pos, parsed.next)) return this.skipHeader(pos, parsed.next, parsed.lines);
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
    if (this.isHeaderAgain(pos, end)) return this.skipHeader(pos, next, 1);
    const line = this.line++;
    this.records.push(new CsvRow(line, line + 1, this.base + next, this.buffer, pos, end, this.ascii, null));
    return next;
  }

  /** Whether the line is a header behind the first, which is the one of the file. */
  private isHeaderAgain(start: number, end: number): boolean {
    const { header, buffer } = this;
    if (header === undefined) this.header = new HeaderLine(buffer.subarray(start, end));
    if (!header?.mayBeginAt(buffer, start)) return false;
    const comparison = header.compare(buffer.subarray(start, end));
    if (comparison === 'reordered') this.foreignHeaderLine = this.line;
    return comparison !== 'other';
  }

  /** Goes on behind it, unless it has another order than the file's: then splitting ends before it. */
  private skipHeader(start: number, next: number, lines: number): number {
    if (this.foreignHeaderLine !== undefined) return start;
    this.repeatedHeaders += 1;
    this.line += lines;
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

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
  /** Number of fields of every record. Default: that of the first record, the header. */
  readonly fieldCount?: number;
  /** The header line, if the chunks begin after it. Default: the first record is the header. */
  readonly header?: Buffer;
  /** Position of the first chunk in the file: byte offset and physical line. */
  readonly start?: { readonly offset: number; readonly line: number };
  readonly limits?: CsvLimits;
}

/**
 * Splits the chunks of a CSV file (RFC 4180; LF or CRLF; UTF-8) into records. Buffers at most one unfinished record.
 * A line without quotes, which is nearly every line in practice, costs one pass over its bytes and one object.
 */
export class CsvSplitter {
  /** Empty lines skipped so far. */
  emptyLines = 0;
  /** Lines that repeat the header, skipped so far. */
  repeatedHeaders = 0;
  /** The line of a second header with the columns in another order. Splitting ends before it. */
  foreignHeaderLine: number | undefined;
  /** Undefined before the first record, which is the header; null if repeated headers are not checked for. */
  private header: HeaderLine | null | undefined;
  private fieldCount: number | undefined;
  private readonly limits: CsvLimits;
  /** The bytes of an unfinished record, followed by the chunk being split. */
  private buffer: Buffer = NONE;
  /** Further chunks without a line end. They are joined once, so that a long line in many chunks takes linear time. */
  private held: Buffer[] = [];
  private heldBytes = 0;
  private ascii = true;
  /** Offset of `buffer` in the file. */
  private base: number;
  private line: number;
  /** Offset of the over-long line whose parts are being returned. */
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

  /** Whether the bytes pushed so far end within a record or in a line without a newline. */
  get isWithinRecord(): boolean {
    return this.buffer.length + this.heldBytes > 0;
  }

  /** @returns the records that end within this chunk. They refer to its memory. */
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

  /** @returns what is left after the last chunk: a last line without a newline. */
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

  /** Adds the record that begins at `pos`. @returns where the next one begins, or `pos` if more bytes are needed */
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
      return this.addLongLine(pos, lineEnd, final);
    if (lineEnd === length && !final) return pos;

    if (!quoted) return this.addPlainLine(pos, lineEnd, commas + 1);
    const parsed = parseQuotedRecord(buffer, pos, final, limits);
    if (parsed.kind === 'more') return pos;
    // Only the first line of a bad record is dropped, because its quote may be a stray one.
    if (parsed.kind === 'error') return this.addUnparsable(pos, lineEnd, parsed.reason);
    const problem = this.problemOf(pos, parsed.next, parsed.fields.length);
    if (problem !== null) return this.addUnparsable(pos, lineEnd, problem);
    if (this.isRepeatedHeader(pos, parsed.next)) return this.skipHeader(pos, parsed.next, parsed.lines);
    const { line } = this;
    this.line += parsed.lines;
    this.records.push(
      new CsvRow(line, this.line, this.base + parsed.next, buffer, pos, parsed.next, this.ascii, parsed.fields),
    );
    return parsed.next;
  }

  private addPlainLine(pos: number, lineEnd: number, fieldCount: number): number {
    const end = this.withoutCarriageReturn(pos, lineEnd);
    const next = this.after(lineEnd);
    if (end === pos) {
      this.emptyLines += 1;
      this.line += 1;
      return next;
    }
    const problem = this.problemOf(pos, end, fieldCount);
    if (problem !== null) return this.addUnparsable(pos, lineEnd, problem);
    if (this.isRepeatedHeader(pos, end)) return this.skipHeader(pos, next, 1);
    const line = this.line++;
    this.records.push(new CsvRow(line, line + 1, this.base + next, this.buffer, pos, end, this.ascii, null));
    return next;
  }

  /** Whether the line repeats the header. The first line becomes the header of the file. */
  private isRepeatedHeader(start: number, end: number): boolean {
    const { header, buffer } = this;
    if (header === undefined) this.header = new HeaderLine(buffer.subarray(start, end));
    if (!header?.mayBeginAt(buffer, start)) return false;
    const comparison = header.compare(buffer.subarray(start, end));
    if (comparison === 'reordered') this.foreignHeaderLine = this.line;
    return comparison !== 'other';
  }

  /** Skips a repeated header. If its columns have another order, splitting ends before it. */
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

  private addUnparsable(pos: number, lineEnd: number, reason: string): number {
    const next = this.after(lineEnd);
    const raw = this.buffer.subarray(pos, this.withoutCarriageReturn(pos, lineEnd));
    const line = this.line++;
    this.records.push(new UnparsableLine(line, line + 1, this.base + next, raw, reason));
    return next;
  }

  /** Adds the line from `start` on in parts of the maximum size; the rest waits for the end of the line. */
  private addLongLine(start: number, lineEnd: number, final: boolean): number {
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
    return this.addUnparsable(pos, lineEnd, reason);
  }

  private withoutCarriageReturn(pos: number, lineEnd: number): number {
    return lineEnd > pos && this.buffer[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
  }

  /** Offset of the next line; the last line may have no newline. */
  private after(lineEnd: number): number {
    return Math.min(lineEnd + 1, this.buffer.length);
  }
}

/** May be called with too few bytes: then no line is complete, and it is called again before a record is returned. */
function skipByteOrderMark(buffer: Buffer): number {
  const { length } = BYTE_ORDER_MARK;
  return BYTE_ORDER_MARK.equals(buffer.subarray(0, length)) ? length : 0;
}

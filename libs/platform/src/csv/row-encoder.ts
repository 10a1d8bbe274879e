import type { CsvRow } from './csv-record.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const SPACE = 0x20;

/**
 * Encodes rows as Kafka records. The value is a JSON object of strings exactly as in the file, without empty fields. The key is the
 * value of one column, trimmed of ASCII white space. A row without quotes is copied byte by byte without creating strings: about
 * 1.5 µs per row instead of 7.
 */
export class RowEncoder {
  /** The first `valueLength` bytes are the last row's JSON. Replaced when it has to grow. */
  value: Buffer = Buffer.allocUnsafeSlow(64 * 1024);
  valueLength = 0;
  /** The first `keyLength` bytes are the last row's key; `keyLength` is -1 if it has none. */
  key: Buffer = Buffer.allocUnsafeSlow(256);
  keyLength = -1;

  /** `,"name":"` for each field in file order; null for a column to leave out. */
  private readonly prefixes: readonly (Buffer | null)[];
  private readonly prefixBytes: number;
  private readonly keyIndex: number;

  /**
   * @param header all columns of the file, in file order.
   * @param columns the columns to encode.
   * @param keyColumn one of `columns`.
   */
  constructor(header: readonly string[], columns: readonly string[], keyColumn: string) {
    this.prefixes = header.map((name) => (columns.includes(name) ? Buffer.from(`,${JSON.stringify(name)}:"`) : null));
    this.prefixBytes = this.prefixes.reduce((sum, prefix) => sum + (prefix?.length ?? 0) + 1, 2);
    this.keyIndex = header.indexOf(keyColumn);
  }

  /** Encodes into `value` and `key`. */
  encode(row: CsvRow): void {
    if (!row.plain || !this.encodePlain(row.chunk, row.start, row.end)) this.encodeFields(row.fields);
  }

  /** @returns false when a byte must be escaped. */
  private encodePlain(chunk: Buffer, start: number, end: number): boolean {
    this.reserve(this.prefixBytes + end - start);
    const { prefixes, value, keyIndex } = this;
    let written = 0;
    let pos = start;
    for (let column = 0; ; column++) {
      const prefix = prefixes[column]!;
      const fieldStart = pos;
      if (prefix === null) {
        while (pos < end && chunk[pos] !== COMMA) pos += 1;
      } else if (pos < end && chunk[pos] !== COMMA) {
        for (let i = 0; i < prefix.length; i++) value[written++] = prefix[i]!;
        for (; pos < end; pos++) {
          const byte = chunk[pos]!;
          if (byte === COMMA) break;
          if (byte < SPACE || byte === QUOTE || byte === BACKSLASH) return false;
          value[written++] = byte;
        }
        value[written++] = QUOTE;
      }
      if (column === keyIndex) this.setKey(chunk, fieldStart, pos);
      if (pos >= end) break;
      pos += 1;
    }
    this.finish(written);
    return true;
  }

  private encodeFields(fields: readonly string[]): void {
    let json = '';
    for (const [column, field] of fields.entries()) {
      const prefix = this.prefixes[column];
      if (prefix && field !== '') json += prefix.toString('utf8', 0, prefix.length - 1) + JSON.stringify(field);
    }
    const key = Buffer.from(fields[this.keyIndex]!);
    this.setKey(key, 0, key.length);
    this.reserve(Buffer.byteLength(json) + 2);
    this.finish(this.value.write(json));
  }

  /** Replaces the comma before the first member by the opening brace. */
  private finish(written: number): void {
    const length = Math.max(written, 1);
    this.value[0] = OPEN_BRACE;
    this.value[length] = CLOSE_BRACE;
    this.valueLength = length + 1;
  }

  private setKey(source: Buffer, start: number, end: number): void {
    while (start < end && isWhiteSpace(source[start]!)) start += 1;
    while (end > start && isWhiteSpace(source[end - 1]!)) end -= 1;
    if (this.key.length < end - start) this.key = Buffer.allocUnsafeSlow(end - start);
    for (let i = start; i < end; i++) this.key[i - start] = source[i]!;
    this.keyLength = end > start ? end - start : -1;
  }

  private reserve(bytes: number): void {
    if (this.value.length < bytes) this.value = Buffer.allocUnsafeSlow(2 * bytes);
  }
}

function isWhiteSpace(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}

import { isAscii, isUtf8 } from 'node:buffer';
import { COLUMN_NAMES, type ReasonCode } from './contract.js';

/** The fields of a record by position of their column. A number is given as the text that stands in the record. */
export interface RecordFields {
  readonly fields: readonly unknown[];
  /** Fields that the contract does not know. */
  readonly unknownFields: number;
}

/** @returns the fields, or why the bytes are no record */
export function readFields(value: Buffer): RecordFields | ReasonCode {
  return readPlain(value) ?? readJson(value);
}

const PREFIXES = COLUMN_NAMES.map((name) => Buffer.from(`"${name}":"`));
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const DELETE = 0x7f;

/**
 * Reads the form in which the producer writes records: known columns in the contract's order, all of them ASCII strings
 * without escapes, no white space. It takes about a third of the time of JSON.parse and gives the same.
 *
 * @returns null for any other form
 */
export function readPlain(value: Buffer): RecordFields | null {
  const { length } = value;
  if (length === 0 || value[0] !== OPEN_BRACE) return null;
  const text = value.toString('latin1');
  const fields = new Array<string | undefined>(PREFIXES.length);
  let at = 1;
  for (let column = 0; column < PREFIXES.length; column++) {
    const prefix = PREFIXES[column]!;
    if (!hasAt(value, prefix, at)) continue;
    const start = at + prefix.length;
    let end = start;
    for (; end < length; end++) {
      const byte = value[end]!;
      if (byte === QUOTE) break;
      if (byte < SPACE || byte >= DELETE || byte === BACKSLASH) return null;
    }
    fields[column] = text.slice(start, end);
    at = end + 2;
    if (at > length) return null;
    if (value[end + 1] === COMMA) continue;
    return value[end + 1] === CLOSE_BRACE && at === length ? { fields, unknownFields: 0 } : null;
  }
  return null;
}

function hasAt(value: Buffer, part: Buffer, at: number): boolean {
  if (at + part.length > value.length) return false;
  for (let i = 0; i < part.length; i++) if (value[at + i] !== part[i]) return false;
  return true;
}

/** Reads any JSON; of a key that stands twice the last counts. */
export function readJson(value: Buffer): RecordFields | ReasonCode {
  const ascii = isAscii(value);
  // toString() alone would put U+FFFD in place of what is not UTF-8.
  if (!ascii && !isUtf8(value)) return 'not_json';
  const text = value.toString(ascii ? 'latin1' : 'utf8');
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch {
    return 'not_json';
  }
  if (typeof record !== 'object' || record === null || Array.isArray(record)) return 'not_an_object';
  let fields = byPosition(record as Record<string, unknown>);
  if (fields.some((field) => typeof field === 'number')) {
    // JSON.parse rounds numbers, so they are read again as text.
    fields = byPosition(JSON.parse(quoteNumbers(text)) as Record<string, unknown>);
  }
  const known = fields.filter((field) => field !== undefined).length;
  return { fields, unknownFields: Object.keys(record).length - known };
}

/** No column has the name of something inherited, such as `constructor`. */
function byPosition(record: Readonly<Record<string, unknown>>): unknown[] {
  return COLUMN_NAMES.map((name) => record[name]);
}

/**
 * The same JSON document with every bare number in quotes, so that none of its digits is lost. The text is known to
 * be valid JSON, so a digit or minus sign outside of a string always begins a number.
 */
function quoteNumbers(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.charCodeAt(0) === QUOTE ? token : `"${token}"`,
  );
}

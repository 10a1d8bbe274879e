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
  const ascii = isAscii(value);
  // toString() alone would put U+FFFD in place of what is not UTF-8.
  if (!ascii && !isUtf8(value)) return 'not_json';
  const text = value.toString(ascii ? 'latin1' : 'utf8');
  return readPlain(text) ?? readJson(text);
}

const PREFIXES = COLUMN_NAMES.map((name) => `"${name}":"`);
/** What JSON escapes in a string, or forbids there. */
// eslint-disable-next-line no-control-regex -- these are the characters meant
const NOT_PLAIN = /[\\\u0000-\u001f]/;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Reads the form in which the producer writes records: known columns in the contract's order, all of them strings
 * without escapes, no white space. It takes a third of the time of JSON.parse and gives the same.
 *
 * @returns null for any other form
 */
export function readPlain(text: string): RecordFields | null {
  if (text.charCodeAt(0) !== OPEN_BRACE || NOT_PLAIN.test(text)) return null;
  const fields = new Array<string | undefined>(PREFIXES.length);
  const last = text.length - 1;
  let at = 1;
  for (let column = 0; column < PREFIXES.length; column++) {
    const prefix = PREFIXES[column]!;
    if (!text.startsWith(prefix, at)) continue;
    const start = at + prefix.length;
    const end = text.indexOf('"', start);
    if (end < 0) return null;
    fields[column] = text.slice(start, end);
    at = end + 2;
    const after = text.charCodeAt(end + 1);
    if (after === COMMA) continue;
    return after === CLOSE_BRACE && end + 1 === last ? { fields, unknownFields: 0 } : null;
  }
  return null;
}

/** Reads any JSON; of a key that stands twice the last counts. */
export function readJson(text: string): RecordFields | ReasonCode {
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

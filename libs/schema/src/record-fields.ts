import { isAscii, isUtf8 } from 'node:buffer';
import { COLUMN_NAMES, type ReasonCode } from './contract.js';
import { exceedsLimits } from './json-limits.js';

/** The fields of a record by position of their column. A number is given as the text that stands in the record. */
export interface RecordFields {
  readonly fields: readonly unknown[];
  /** Fields that the contract does not know. */
  readonly unknownFields: number;
}

const QUOTE = 0x22;

/**
 * Reads one JSON object; of a key that stands twice the last counts.
 *
 * @returns the fields, or why the bytes are no record
 */
export function readFields(value: Buffer): RecordFields | ReasonCode {
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
  if (exceedsLimits(text)) return 'not_json';
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

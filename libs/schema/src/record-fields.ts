import { isAscii, isUtf8 } from 'node:buffer';
import { COLUMN_NAMES, type ReasonCode } from './contract.js';
import { exceedsLimits } from './json-limits.js';

/** Fields of a record by position of their column. Numbers are returned as the text in the record. */
export interface RecordFields {
  readonly fields: readonly unknown[];
  /** Number of fields that are not in the contract. */
  readonly unknownFields: number;
}

const QUOTE = 0x22;

/**
 * Parses one JSON object. The last of repeated keys wins.
 *
 * @returns the fields, or the reason to reject the record
 */
export function readFields(value: Buffer): RecordFields | ReasonCode {
  const ascii = isAscii(value);
  // toString() would replace invalid UTF-8 with U+FFFD.
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
    // JSON.parse rounds numbers, so parse them again as text.
    fields = byPosition(JSON.parse(quoteNumbers(text)) as Record<string, unknown>);
  }
  const known = fields.filter((field) => field !== undefined).length;
  return { fields, unknownFields: Object.keys(record).length - known };
}

/** Safe because no column is named like an inherited property, such as `constructor`. */
function byPosition(record: Readonly<Record<string, unknown>>): unknown[] {
  return COLUMN_NAMES.map((name) => record[name]);
}

/**
 * Puts every number of a JSON document in quotes, so that no digit is lost. As the text is valid JSON, a digit or minus
 * sign outside of a string always starts a number.
 */
function quoteNumbers(text: string): string {
  return text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g, (token) =>
    token.charCodeAt(0) === QUOTE ? token : `"${token}"`,
  );
}

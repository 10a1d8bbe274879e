import type { Column, ReasonCode } from './contract.js';

/**
 * Readers of single values: from the trimmed, non-empty text of a field to its canonical text, which is the data set's
 * own form (integers as digits, `t`/`f`, `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS[.f]` in UTC).
 */
export type Read = (text: string) => Reading;

/** The canonical text, or why the text was not accepted. A bare string keeps the accepted case free of allocations. */
export type Reading = string | Rejection;

/** One shared object for each reason, so that rejecting allocates nothing either. */
export class Rejection {
  constructor(readonly reason: ReasonCode) {}
}

const NOT_AN_INTEGER = new Rejection('not_an_integer');
const OUT_OF_RANGE = new Rejection('out_of_range');
const NOT_A_BOOLEAN = new Rejection('not_a_boolean');
const NOT_A_DATE = new Rejection('not_a_date');
const NOT_A_TIME = new Rejection('not_a_time');
const TOO_LONG = new Rejection('too_long');
const BAD_TEXT = new Rejection('bad_text');
const UNKNOWN_VALUE = new Rejection('unknown_value');

const ZERO = 0x30;
const NINE = 0x39;
const BIGINT_MAX = '9223372036854775807';
const BIGINT_MIN_DIGITS = '9223372036854775808';
/** Any number of this many digits or fewer fits 64 bits. */
const SAFE_DIGITS = 18;

/** ASCII white space, U+0009 to U+000D and U+0020, off both ends. String.trim() would take Unicode's as well. */
export function trimAscii(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isAsciiSpace(text.charCodeAt(start))) start++;
  while (end > start && isAsciiSpace(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

function isAsciiSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function areDigits(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

function readInteger(text: string): Reading {
  const first = text.charCodeAt(0);
  const signed = first === 0x2b || first === 0x2d;
  const start = signed ? 1 : 0;
  if (start === text.length || !areDigits(text, start, text.length)) return NOT_AN_INTEGER;
  if (!signed && first !== ZERO && text.length <= SAFE_DIGITS) return text;
  let firstDigit = start;
  while (firstDigit < text.length - 1 && text.charCodeAt(firstDigit) === ZERO) firstDigit++;
  const digits = text.slice(firstDigit);
  const negative = first === 0x2d && digits !== '0';
  const limit = negative ? BIGINT_MIN_DIGITS : BIGINT_MAX;
  if (digits.length > limit.length || (digits.length === limit.length && digits > limit)) return OUT_OF_RANGE;
  return negative ? `-${digits}` : digits;
}

function readWholeNumber(text: string): Reading {
  return readInteger(text.endsWith('.0') ? text.slice(0, -2) : text);
}

function readBoolean(text: string): Reading {
  switch (text) {
    case 't':
    case '1':
      return 't';
    case 'f':
    case '0':
      return 'f';
  }
  switch (lowerAscii(text)) {
    case 't':
    case 'true':
      return 't';
    case 'f':
    case 'false':
      return 'f';
    default:
      return NOT_A_BOOLEAN;
  }
}

const DAYS_IN_MONTH = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether the first ten characters are `YYYY-MM-DD`, a real day of the years 2000 to 2099. */
function startsWithDate(text: string): boolean {
  if (
    text.charCodeAt(0) !== 0x32 || // the years from 2000 to 2099 start with "20"
    text.charCodeAt(1) !== ZERO ||
    text.charCodeAt(4) !== 0x2d ||
    text.charCodeAt(7) !== 0x2d ||
    !areDigits(text, 2, 4) ||
    !areDigits(text, 5, 7) ||
    !areDigits(text, 8, 10)
  ) {
    return false;
  }
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (month < 1 || month > 12 || day < 1 || day > DAYS_IN_MONTH[month]!) return false;
  // Within these years every fourth is a leap year: 2000 is one as well.
  return month !== 2 || day < 29 || twoDigits(text, 2) % 4 === 0;
}

function readDate(text: string): Reading {
  return text.length === 10 && startsWithDate(text) ? text : NOT_A_DATE;
}

const SECONDS_END = 19;
const MAX_FRACTION_DIGITS = 6;

function readTime(text: string): Reading {
  if (text.length < SECONDS_END || !startsWithDate(text)) return NOT_A_TIME;
  const separator = text.charCodeAt(10);
  if (
    (separator !== 0x20 && separator !== 0x54) ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a ||
    !areDigits(text, 11, 13) ||
    !areDigits(text, 14, 16) ||
    !areDigits(text, 17, 19) ||
    twoDigits(text, 11) > 23 ||
    twoDigits(text, 14) > 59 ||
    twoDigits(text, 17) > 59
  ) {
    return NOT_A_TIME;
  }
  if (text.length === SECONDS_END && separator === 0x20) return text;

  let end = text.charCodeAt(text.length - 1) === 0x5a ? text.length - 1 : text.length;
  if (end > SECONDS_END) {
    const fractionDigits = end - SECONDS_END - 1;
    if (
      text.charCodeAt(SECONDS_END) !== 0x2e ||
      fractionDigits < 1 ||
      fractionDigits > MAX_FRACTION_DIGITS ||
      !areDigits(text, SECONDS_END + 1, end)
    ) {
      return NOT_A_TIME;
    }
    while (text.charCodeAt(end - 1) === ZERO) end--;
    if (end === SECONDS_END + 1) end = SECONDS_END;
  }
  if (separator === 0x20) return end === text.length ? text : text.slice(0, end);
  return `${text.slice(0, 10)} ${text.slice(11, end)}`;
}

/** Lower-cases A-Z alone: what PostgreSQL, Java and JavaScript make of other letters differs. */
export function lowerAscii(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return text;
}

function readText(maxLength: number): Read {
  return (text) => {
    let codePoints = text.length;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code === 0) return BAD_TEXT;
      if (code >= 0xd800 && code <= 0xdfff) {
        const next = text.charCodeAt(i + 1);
        if (code > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) return BAD_TEXT;
        codePoints--;
        i++;
      }
    }
    return codePoints > maxLength ? TOO_LONG : text;
  };
}

function readOpenSet(maxLength: number): Read {
  const read = readText(maxLength);
  return (text) => read(lowerAscii(text));
}

function readClosedSet(values: readonly string[]): Read {
  const known = new Set(values);
  return (text) => {
    if (known.has(text)) return text;
    const lower = lowerAscii(text);
    return known.has(lower) ? lower : UNKNOWN_VALUE;
  };
}

/** The reader of a column's values. */
export function readerOf(column: Column): Read {
  switch (column.kind) {
    case 'integer':
      return readInteger;
    case 'whole_number':
      return readWholeNumber;
    case 'boolean':
      return readBoolean;
    case 'date':
      return readDate;
    case 'time':
      return readTime;
    case 'text':
      return readText(lengthOf(column));
    case 'open_set':
      return readOpenSet(lengthOf(column));
    case 'closed_set':
      return readClosedSet(column.values ?? []);
    default:
      return column.kind satisfies never;
  }
}

function lengthOf(column: Column): number {
  if (column.maxLength === undefined) throw new Error(`the contract gives column ${column.name} no maxLength`);
  return column.maxLength;
}

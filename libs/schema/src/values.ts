import { contract, type Column, type ReasonCode, type RepairCode } from './contract.js';

/**
 * Normalizes the trimmed, non-empty text of a field to its canonical text, the form that the data set uses: integers as
 * digits, `t`/`f`, `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS[.f]` in UTC.
 */
export type Normalize = (text: string) => Normalized;

/** The canonical text, or why the text is rejected. A plain string, because the usual case should allocate nothing. */
export type Normalized = string | Repaired | Rejection;

/** A repaired value; null if it was repaired to a missing value. */
export class Repaired {
  constructor(
    readonly value: string | null,
    readonly repair: RepairCode,
  ) {}
}

/** One shared object for each reason, so that rejecting allocates nothing. */
export class Rejection {
  constructor(readonly reason: ReasonCode) {}
}

const NULL_WORD = new Repaired(null, 'null_word');
const TRUE_FLOAT = new Repaired('t', 'whole_float');
const FALSE_FLOAT = new Repaired('f', 'whole_float');

const NOT_AN_INTEGER = new Rejection('not_an_integer');
const LOST_DIGITS = new Rejection('lost_digits');
const OUT_OF_RANGE = new Rejection('out_of_range');
const NOT_A_BOOLEAN = new Rejection('not_a_boolean');
const NOT_A_DATE = new Rejection('not_a_date');
const NOT_A_TIME = new Rejection('not_a_time');
const TOO_PRECISE = new Rejection('too_precise');
const AMBIGUOUS_DATE = new Rejection('ambiguous_date');
const TOO_LONG = new Rejection('too_long');
const BAD_TEXT = new Rejection('bad_text');
const UNKNOWN_VALUE = new Rejection('unknown_value');

const ZERO = 0x30;
const NINE = 0x39;
const BIGINT_MAX = '9223372036854775807';
const BIGINT_MIN_DIGITS = '9223372036854775808';
/** Any number of this many digits or fewer fits 64 bits. */
const SAFE_DIGITS = 18;

/** Trims ASCII white space, U+0009 to U+000D and U+0020. String.trim() would trim Unicode white space as well. */
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

function normalizeInteger(text: string): Normalized {
  const first = text.charCodeAt(0);
  const signed = first === 0x2b || first === 0x2d;
  const start = signed ? 1 : 0;
  if (start === text.length || !areDigits(text, start, text.length)) return normalizeFloat(text);
  if (!signed && first !== ZERO && text.length <= SAFE_DIGITS) return text;
  let firstDigit = start;
  while (firstDigit < text.length - 1 && text.charCodeAt(firstDigit) === ZERO) firstDigit++;
  const digits = text.slice(firstDigit);
  const negative = first === 0x2d && digits !== '0';
  const limit = negative ? BIGINT_MIN_DIGITS : BIGINT_MAX;
  if (digits.length > limit.length || (digits.length === limit.length && digits > limit)) return OUT_OF_RANGE;
  return negative ? `-${digits}` : digits;
}

const FLOAT = /^([+-]?\d+)\.0*$/;
/** Many spreadsheets write a comma as the decimal point. */
const EXPONENT = /^[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)[eE]\+?\d+$/;
const MAX_WHOLE_FLOAT = BigInt(contract.maxWholeFloat);

/** For text that is not just a sign and digits. Exponents are rejected, because a spreadsheet keeps only six digits of 123456789012. */
function normalizeFloat(text: string): Normalized {
  const digits = FLOAT.exec(text)?.[1];
  if (digits === undefined) return EXPONENT.test(text) ? LOST_DIGITS : NOT_AN_INTEGER;
  const integer = normalizeInteger(digits);
  if (typeof integer !== 'string') return LOST_DIGITS;
  const number = BigInt(integer);
  return number > MAX_WHOLE_FLOAT || number < -MAX_WHOLE_FLOAT ? LOST_DIGITS : new Repaired(integer, 'whole_float');
}

function normalizeBoolean(text: string): Normalized {
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
      return normalizeBooleanFloat(text);
  }
}

const BOOLEAN_FLOAT = /^([01])\.0*$/;

/** pandas turns a column of booleans into floats if a value is missing. */
function normalizeBooleanFloat(text: string): Normalized {
  const digit = BOOLEAN_FLOAT.exec(text)?.[1];
  if (digit === undefined) return NOT_A_BOOLEAN;
  return digit === '1' ? TRUE_FLOAT : FALSE_FLOAT;
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
  // In these years every fourth is a leap year, including 2000.
  return month !== 2 || day < 29 || twoDigits(text, 2) % 4 === 0;
}

const MIDNIGHT = /^[ Tt]00:00:00(?:\.0+)?(?:[Zz]| ?(?:UTC|[+-]00(?::?00)?))?$/;

function normalizeDate(text: string): Normalized {
  if (!startsWithDate(text)) return orAmbiguous(NOT_A_DATE, text);
  if (text.length === 10) return text;
  return MIDNIGHT.test(text.slice(10)) ? new Repaired(text.slice(0, 10), 'midnight_date') : NOT_A_DATE;
}

const AMBIGUOUS = /^\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?!\d)/;

function orAmbiguous(rejection: Rejection, text: string): Rejection {
  return AMBIGUOUS.test(text) ? AMBIGUOUS_DATE : rejection;
}

const MINUTES_END = 16;
const SECONDS_END = 19;
const MAX_FRACTION_DIGITS = 6;

/** The form of a time with more digits than `MAX_FRACTION_DIGITS` that are not only zeros. */
const TOO_PRECISE_TIME =
  /^\d{4}-\d{2}-\d{2}[ Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{6}0*[1-9]\d*(?:[Zz]| ?(?:UTC|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?$/;

function normalizeTime(text: string): Normalized {
  return parseTime(text) ?? (TOO_PRECISE_TIME.test(text) ? TOO_PRECISE : orAmbiguous(NOT_A_TIME, text));
}

function parseTime(text: string): string | Repaired | null {
  const separator = text.charCodeAt(10);
  if (
    text.length < SECONDS_END ||
    (separator !== 0x20 && separator !== 0x54 && separator !== 0x74) ||
    text.charCodeAt(13) !== 0x3a ||
    text.charCodeAt(16) !== 0x3a ||
    !areDigits(text, 11, 13) ||
    !areDigits(text, 14, 16) ||
    !areDigits(text, 17, 19) ||
    twoDigits(text, 11) > 23 ||
    twoDigits(text, 14) > 59 ||
    twoDigits(text, 17) > 59
  ) {
    return null;
  }
  const zoneAt = fractionEnd(text);
  if (zoneAt < 0) return null;
  let end = zoneAt;
  if (end > SECONDS_END) {
    while (text.charCodeAt(end - 1) === ZERO) end--;
    if (end === SECONDS_END + 1) end = SECONDS_END;
    if (end > SECONDS_END + 1 + MAX_FRACTION_DIGITS) return null;
  }
  if (zoneAt < text.length && !isUtcLetter(text, zoneAt)) return parseOffsetTime(text, zoneAt, end);
  if (!startsWithDate(text)) return null;
  if (separator === 0x20) return end === text.length ? text : text.slice(0, end);
  return `${text.slice(0, 10)} ${text.slice(11, end)}`;
}

/** Where the fraction of a second ends, or the seconds if there is none; -1 if the fraction has no digits. */
function fractionEnd(text: string): number {
  if (text.charCodeAt(SECONDS_END) !== 0x2e) return SECONDS_END;
  let end = SECONDS_END + 1;
  while (end < text.length && areDigits(text, end, end + 1)) end++;
  return end === SECONDS_END + 1 ? -1 : end;
}

function isUtcLetter(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return at === text.length - 1 && (code === 0x5a || code === 0x7a);
}

/** An offset in the form of RFC 3339, ISO 8601 (+0200), PostgreSQL (+02) or BigQuery ( UTC). */
const OFFSET = /^ ?(?:UTC|([+-])([01]\d|2[0-3])(?::?([0-5]\d))?)$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** @param zoneAt where the offset begins @param end where the canonical fraction of a second ends */
function parseOffsetTime(text: string, zoneAt: number, end: number): Repaired | null {
  const offset = OFFSET.exec(text.slice(zoneAt));
  const day = text.slice(0, 10);
  const local = offset && DATE.test(day) ? Date.parse(`${day}T${text.slice(11, MINUTES_END)}Z`) : NaN;
  // Date.parse turns the 30th of February into a day of March.
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(day)) return null;
  const [, sign, hours = '0', minutes = '0'] = offset!;
  const utc = new Date(local + (sign === '-' ? 1 : -1) * (Number(hours) * 60 + Number(minutes)) * 60_000).toISOString();
  // Offsets are whole minutes, so seconds stay as they are.
  const value = `${utc.slice(0, 10)} ${utc.slice(11, MINUTES_END)}${text.slice(MINUTES_END, end)}`;
  return startsWithDate(value) ? new Repaired(value, 'utc_offset') : null;
}

/** Lower-cases A-Z only: PostgreSQL, Java and JavaScript differ on other letters. */
function lowerAscii(text: string): string {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x41 && code <= 0x5a) return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return text;
}

function normalizeText(maxLength: number): Normalize {
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

function normalizeOpenSet(maxLength: number): Normalize {
  const normalize = normalizeText(maxLength);
  return (text) => normalize(lowerAscii(text));
}

function normalizeClosedSet(values: readonly string[]): Normalize {
  const known = new Set(values);
  return (text) => {
    if (known.has(text)) return text;
    const lower = lowerAscii(text);
    return known.has(lower) ? lower : UNKNOWN_VALUE;
  };
}

const NULL_WORDS = new Set<string>(contract.nullWords);
const LONGEST_NULL_WORD = Math.max(...contract.nullWords.map(({ length }) => length));

/** The length alone decides for most values: flags, digits and times. */
function isNullWord(text: string): boolean {
  return text.length > 1 && text.length <= LONGEST_NULL_WORD && NULL_WORDS.has(lowerAscii(text));
}

/** The function that normalizes a column's values. */
export function normalizerOf(column: Column): Normalize {
  const normalize = normalizerOfKind(column);
  return (text) => (isNullWord(text) ? NULL_WORD : normalize(text));
}

function normalizerOfKind(column: Column): Normalize {
  switch (column.kind) {
    case 'integer':
      return normalizeInteger;
    case 'boolean':
      return normalizeBoolean;
    case 'date':
      return normalizeDate;
    case 'time':
      return normalizeTime;
    case 'text':
      return normalizeText(lengthOf(column));
    case 'open_set':
      return normalizeOpenSet(lengthOf(column));
    case 'closed_set':
      return normalizeClosedSet(column.values ?? []);
    default:
      return column.kind satisfies never;
  }
}

function lengthOf(column: Column): number {
  if (column.maxLength === undefined) throw new Error(`the contract gives column ${column.name} no maxLength`);
  return column.maxLength;
}

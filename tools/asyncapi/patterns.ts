import { contract } from '#schema/contract.js';

// Regular expressions of JSON Schema (ECMAScript). They mean the same with and without the flag u, and in Python.

/** ASCII white space, which is trimmed off both ends of every value. */
const SPACE = '[\\t-\\r ]';

/** A value of one of these forms, with optional white space around it. */
function trimmed(form: string): string {
  return `^${SPACE}*(?:${form})${SPACE}*$`;
}

function ignoringCase(words: readonly string[]): string {
  return words.map((word) => word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`)).join('|');
}

/** Digits of a number from 0 to `limit`. */
function digitsUpTo(limit: string): string {
  const less = [...limit].flatMap((digit, i) => {
    const rest = limit.length - 1 - i;
    const lower = Number(digit) - 1;
    return lower < 0 ? [] : [`${limit.slice(0, i)}[0-${lower}]${rest > 0 ? `[0-9]{${rest}}` : ''}`];
  });
  return `0*(?:[0-9]{1,${limit.length - 1}}|${[...less, limit].join('|')})`;
}

export const INTEGER_LIMITS = { least: -(2n ** 63n), greatest: 2n ** 63n - 1n };

const CENTURY = contract.years.from / 100;
const LONG_MONTHS = '(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])';
const SHORT_MONTHS = '(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)';
const FEBRUARY = '02-(?:0[1-9]|1[0-9]|2[0-8])';
/** Every fourth year of the contract's century is a leap year. */
const LEAP_DAY = `${CENTURY}(?:[02468][048]|[13579][26])-02-29`;
const DAY = `(?:${CENTURY}[0-9]{2}-(?:${LONG_MONTHS}|${SHORT_MONTHS}|${FEBRUARY})|${LEAP_DAY})`;

const NULL_WORD = ignoringCase(contract.nullWords.map((word) => word.replace('\\', '\\\\')));
/** A null word means no value. */
export const BLANK = `^${SPACE}*(?:(?:${NULL_WORD})${SPACE}*)?$`;
export const INTEGER = trimmed(
  [
    `\\+?${digitsUpTo(String(INTEGER_LIMITS.greatest))}`,
    `-${digitsUpTo(String(-INTEGER_LIMITS.least))}`,
    `[+-]?${digitsUpTo(contract.maxWholeFloat)}\\.0*`,
  ].join('|'),
);
const FALSE_FORMS = `${ignoringCase(['f', 'false', '0'])}|0\\.0*`;
const TRUE_FORMS = `${ignoringCase(['t', 'true', '1'])}|1\\.0*`;
export const FALSE = trimmed(FALSE_FORMS);
export const BOOLEAN = trimmed(`${TRUE_FORMS}|${FALSE_FORMS}`);
export const DATE = trimmed(`${DAY}(?:[ Tt]00:00:00(?:\\.0+)?(?:[Zz]| ?(?:UTC|[+-]00(?::?00)?))?)?`);

const CLOCK = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6}0*)?';
const OFFSET = ' ?(?:UTC|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)';
/** Days on which the UTC year of a time with an offset may be within the contract's years. */
const DAY_WITH_OFFSET = `(?:${DAY}|${contract.years.from - 1}-12-31|${contract.years.to}-01-01)`;
export const TIME = trimmed(`${DAY}[ Tt]${CLOCK}[Zz]?|${DAY_WITH_OFFSET}[ Tt]${CLOCK}${OFFSET}`);
/** Times with an offset on the first and last days of the years: a pattern cannot compute their UTC year. */
export const TIME_AT_THE_EDGE = trimmed(
  `(?:${contract.years.from - 1}-12-31|${contract.years.from}-01-01|${contract.years.to - 1}-12-31|${contract.years.to}-01-01)[ Tt]${CLOCK}${OFFSET}`,
);

/** Any of these words, in upper or lower case. */
export function wordOf(words: readonly string[]): string {
  return trimmed(ignoringCase(words));
}

/** 1 to `maxLength` characters without NUL and lone surrogates; surrounding blanks do not count. */
export function textOf(maxLength: number): string {
  const pair = '[\\uD800-\\uDBFF][\\uDC00-\\uDFFF]';
  const any = `(?:[^\\u0000\\uD800-\\uDFFF]|${pair})`;
  const visible = `(?:[^\\u0000\\t-\\r \\uD800-\\uDFFF]|${pair})`;
  return trimmed(`${visible}${any}{0,${maxLength - 1}}`);
}

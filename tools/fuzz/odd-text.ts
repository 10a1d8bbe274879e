import { contract, type Column } from '#schema/contract.js';
import { type Prng } from '#sample-data/prng.js';

/** The contract's white space, and other characters that engines treat as white space or as nothing. */
const BLANKS = [' ', '\t', '\n', '\r', '\v', '\f', ' \t '];
const OTHER_BLANKS = [
  '\x1c',
  '\x1f',
  '\x85',
  '\xa0',
  '\u2000',
  '\u200b',
  '\u2028',
  '\u3000',
  '\ufeff',
  '\0',
  '\x7f',
  '\b',
];

/** Code points of one to four bytes, and noncharacters; lone surrogates can only be escaped. */
const CHARACTERS = [
  ...[
    'x',
    'Q',
    ' ',
    '"',
    '\\',
    '/',
    '=',
    '$1',
    '\\N',
    '\\.',
    ',',
    '\t',
    '\n',
    '\r',
    'é',
    'д',
    'İ',
    'ı',
    'ß',
    '\u212a',
    'ſ',
  ],
  ...['\u2028', '\ufffd', '\ufffe', '\uffff', '\ufeff', '😀', '\u{10ffff}', 'e\u0301', '\0', '\x01', '\x7f', '\x80'],
  ...['\ud800', '\udbff', '\udc00', '\udfff', '\ud83d\ud83d\ude00', '\ude00\ud83d'],
];

/** An unusual text for the column: accepted, repaired or rejected, usually at the edge of a rule. */
export function oddText(column: Column, prng: Prng): string {
  if (prng.chance(0.1))
    return prng.chance(0.8) ? anyCase(prng.pick(contract.nullWords), prng) : prng.pick(NEAR_NULL_WORDS);
  if (prng.chance(0.08))
    return prng.pick(['', ' ', '\t\v\f', 'null', 'true', '0', '-', '=', '\0', '\ud800', '{}', '[1]']);
  const text = TEXT_OF[column.kind](prng, column);
  if (prng.chance(0.75)) return text;
  const pad = prng.pick(prng.chance(0.5) ? BLANKS : OTHER_BLANKS);
  return prng.pick([pad + text, text + pad, pad + text + pad]);
}

const NEAR_NULL_WORDS = [
  'nulls',
  'nul',
  'na',
  'N',
  '\\NN',
  'None',
  '<NA>',
  '#N/A',
  'nan.',
  'nùll',
  'ｎａｎ',
  'nan\0',
  'nıl',
];

const TEXT_OF: Record<Column['kind'], (prng: Prng, column: Column) => string> = {
  integer,
  boolean: (prng) =>
    prng.chance(0.7)
      ? anyCase(prng.pick(['t', 'f', 'true', 'false', '1', '0', '1.0', '0.0', '1.', '0.00']), prng)
      : prng.pick(INVALID_BOOLEANS),
  date,
  time,
  text: (prng, column) => text(prng, column.maxLength ?? 1),
  open_set: (prng, column) => text(prng, column.maxLength ?? 1),
  closed_set: closedSet,
};

const EDGES = [
  2n ** 63n,
  2n ** 63n - 1n,
  2n ** 63n + 1n,
  2n ** 64n,
  2n ** 31n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  10n ** 18n,
  0n,
  7n,
];
const INVALID_INTEGERS = [
  ...[
    '.5',
    '1.5',
    '1.0.0',
    '1,0',
    '1.5E+18',
    '1,5E+18',
    '1.e3',
    '.5E1',
    '1e3',
    '1E+3',
    '1e-3',
    '1e',
    '1e+',
    '1.0e',
    '1.0 e3',
    '1.٠',
    '.',
    '+.',
    '0x1F',
    '--5',
    '+-5',
    '5-',
    '+',
    '12_000',
    '1 2',
    '1\n2',
    '5n',
    '1L',
    '5f',
    'NaN',
  ],
  ...['٣٤', '５', '−5', '²', '1\u0000', '1,000'],
];

function integer(prng: Prng): string {
  if (prng.chance(0.3)) return prng.pick(INVALID_INTEGERS);
  const digits = prng.chance(0.6) ? String(prng.pick(EDGES)) : String(prng.uint32()).repeat(prng.between(1, 3));
  const float = prng.pick(['', '', '', '.', '.0', '.0', '.000', '.5', '.0x', ',0', 'e2', '.0E+3']);
  return prng.pick(['', '', '-', '+']) + '0'.repeat(prng.pick([0, 0, 0, 1, 30])) + digits + float;
}

const INVALID_BOOLEANS = [
  'yes',
  'no',
  '2',
  'y',
  'tru',
  'truee',
  'on',
  '-1',
  '+1',
  '00',
  '2.0',
  '-0.0',
  '1.01',
  '01.0',
  't.0',
  '1e0',
  'ｔ',
  'ＴＲＵＥ',
  'falſe',
  'true\0',
];
const INVALID_DATES = [
  '2021',
  '2021-05',
  '2021-5-1',
  '20210501',
  '2021-05-01Z',
  '2021-05-01 00:00',
  '2021-05-01 00:00:00+02:00',
  '2021-05-01 00:00:00.1',
  '2021-05-01 10:00:00',
  '2021/05/01',
  '٢٠٢١-٠٥-٠١',
  'today',
  '+2021-05-01',
  '2021-05-011',
];

const AMBIGUOUS = ['4/30/2021', '30.04.2021', '4-5-21', '04/05/2021', '21.4.30', '4/30/202', '4/30/20211', '٤/30/2021'];

function date(prng: Prng): string {
  if (prng.chance(0.1)) return prng.pick(AMBIGUOUS);
  if (prng.chance(0.2)) return prng.pick(INVALID_DATES);
  return (
    day(prng) + prng.pick(['', '', '', ' 00:00:00', 'T00:00:00', 't00:00:00.000']) + prng.pick(['', '', zone(prng)])
  );
}

function day(prng: Prng): string {
  const year = prng.pick([1999, 1999, 2000, 2023, 2024, 2096, 2099, 2100, 2100, 0, 9999]);
  const month = prng.pick([1, 2, 2, 4, 12, 12, prng.pick([0, 13])]);
  const date = prng.pick([1, 1, 28, 29, 29, 30, 31, prng.pick([0, 32])]);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(date, 2)}`;
}

const INVALID_TIMES = [
  '2021-05-01',
  '2021-05-01 10:00',
  '2021-05-01 1:00:00',
  '1619863200',
  '2021-05-01 10:00:00.',
  '2021-05-01  10:00:00',
  '2021-05-01 10.00.00',
  'now',
];

const OFFSETS = ['+00:00', '-00:00', '+02:00', '-05:30', '+0545', '-0000', '+03', '-11', '+23:59', '-23:59', '+14:00'];
const INVALID_OFFSETS = [
  '+24:00',
  '+02:60',
  '+2',
  '+020',
  '+02:',
  '+02:00:00',
  'Z+00:00',
  ' GMT',
  ' utc',
  '−02:00',
  '+٠٢',
  'ZZ',
  ' ',
];

function zone(prng: Prng): string {
  if (prng.chance(0.5)) return prng.pick(['', 'Z', 'z', 'UTC', ' UTC']);
  return prng.pick(['', '', '', ' ', '  ']) + prng.pick(prng.chance(0.8) ? OFFSETS : INVALID_OFFSETS);
}

function time(prng: Prng): string {
  if (prng.chance(0.05))
    return `${prng.pick(AMBIGUOUS)}${prng.pick(['', ' 10:00', ' 10:00:00', ' 10:00:00 AM', 'T10:00:00Z'])}`;
  if (prng.chance(0.1)) return prng.pick(INVALID_TIMES);
  const date = prng.chance(0.4) ? day(prng) : '2021-05-01';
  const clock = [
    [0, 9, 12, 23, 23, 24],
    [0, 30, 59, 59, 60],
    [0, 30, 59, 59, 60],
  ].map((values) => pad(prng.pick(values), 2));
  const digits = prng.pick([
    '',
    '',
    '0',
    '5',
    '50',
    '12',
    '120',
    '000',
    '1234',
    '000001',
    '100000',
    '1234567',
    '123456789',
    '000000001',
    '123456000',
    '0000000',
    '120000000',
    '٣',
  ]);
  const separator = prng.pick([' ', ' ', ' ', 'T', 'T', 't', '_', '\n']);
  return `${date}${separator}${clock.join(':')}${digits && `.${digits}`}${prng.pick(['', zone(prng)])}`;
}

/** Texts about as long as the column's limit in code points: of two UTF-16 units, of one, of several bytes. */
function text(prng: Prng, maxLength: number): string {
  if (prng.chance(0.5)) return Array.from({ length: prng.between(1, 6) }, () => prng.pick(CHARACTERS)).join('');
  const length = prng.pick([128, 255, maxLength, maxLength]) + prng.pick([-1, 0, 0, 1]);
  const middle = prng.pick(['', '', ' ', '\0', '\ud800', 'Ä', '\\', '"']);
  const fill = prng.pick(['x', 'Q', 'é', 'д', '😀', '\u{10ffff}', '"']).repeat(length);
  return middle + Array.from(fill).slice(middle.length).join('');
}

/** Engines map the Kelvin sign and ſ to k and s, İ to i with a dot above, and in the Turkish locale I to ı. */
const LOOK_ALIKES: readonly (readonly [string, string])[] = [
  ['k', '\u212a'],
  ['s', 'ſ'],
  ['i', 'ı'],
  ['i', 'İ'],
  ['a', '\u0430'],
  ['e', '\u0435'],
  ['_', '-'],
  ['_', ' '],
];

function closedSet(prng: Prng, column: Column): string {
  const values = prng.chance(0.8)
    ? (column.values ?? [])
    : contract.columns.flatMap((other) => ('values' in other ? other.values : []));
  const value = anyCase(prng.pick(values), prng);
  if (prng.chance(0.6)) return value;
  const [one, other] = prng.pick(LOOK_ALIKES);
  return prng.pick([value.replace(one, other), value.replace(one.toUpperCase(), other), `${value}s`, value.slice(1)]);
}

function anyCase(text: string, prng: Prng): string {
  return Array.from(text, (letter) => (prng.chance(0.5) ? letter.toUpperCase() : letter)).join('');
}

function pad(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

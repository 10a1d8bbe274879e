import { COLUMNS, type ColumnName } from '../message.js';
import { type Prng } from '../prng.js';
import { type Reason, type ReasonCode } from './expectation.js';
import { positionOf, type RawRow } from './raw-row.js';

/** One way to make a row bad. */
export interface Breakage {
  readonly name: string;
  /** Columns of one group depend on each other. Breakages of different groups can be combined. */
  readonly group: string;
  readonly reasons: readonly Reason[];
  /** @param turn counts the uses of this breakage, so that its variants take turns */
  apply(row: RawRow, turn: number, prng: Prng): void;
}

/** The flag columns and their times. */
export const FLAGS: readonly (readonly [flag: ColumnName, ...times: ColumnName[]])[] = [
  ['is_opened', 'opened_first_time_at', 'opened_last_time_at'],
  ['is_clicked', 'clicked_first_time_at', 'clicked_last_time_at'],
  ['is_unsubscribed', 'unsubscribed_at'],
  ['is_hard_bounced', 'hard_bounced_at'],
  ['is_soft_bounced', 'soft_bounced_at'],
  ['is_complained', 'complained_at'],
  ['is_blocked', 'blocked_at'],
  ['is_purchased', 'purchased_at'],
];

const GROUPS = new Map<ColumnName, string>([
  ...FLAGS.flatMap(([flag, ...times]) => [flag, ...times].map((column) => [column, flag] as const)),
  ['sent_at', 'date'],
]);

function groupOf(column: ColumnName): string {
  return GROUPS.get(column) ?? column;
}

const REQUIRED: ColumnName[] = ['id', 'message_id', 'message_type', 'client_id', 'channel', 'created_at', 'updated_at'];
const INTEGERS: ColumnName[] = ['id', 'campaign_id', 'client_id'];
const TIMES = COLUMNS.filter((column) => column.endsWith('_at'));
const SETS = ['platform', 'email_provider', 'stream'] satisfies ColumnName[];

const BLANKS = ['', ' ', '\t', ' \t \v\f'];
const INVALID_INTEGERS = [
  '12a',
  '1.5',
  '1e-3',
  '0x1F',
  '--5',
  '+',
  '-',
  '12_000',
  '1 2',
  'None',
  '٣٤',
  '1515915625468061251n',
];
const BEYOND_64_BITS = ['9223372036854775808', '-9223372036854775809', '123456789012345678901234567890'];
const INVALID_BOOLEANS = ['yes', 'no', '2', 'y', 'tru', 'on', 'none', '-1', '10', 'ｔ'];
const INVALID_DATES = [
  '2021-02-30',
  '2021-13-01',
  '2021-00-10',
  '2021-06-31',
  '2023-02-29',
  '1999-12-31',
  '2100-01-01',
  '20210501',
  '2021-5-1',
  '2021/05/01',
  '2021-05-01 10:00:00',
  'today',
];
const INVALID_TIMES = [
  '2021-02-30 10:00:00',
  '2021-05-01 24:00:00',
  '2021-05-01 23:59:60',
  '2021-05-01 12:60:00',
  '1999-12-31 23:59:59',
  '2100-01-01 00:00:00',
  '2021-05-01 10:00:00.5.5',
  '2021-05-01 10:00:00.',
  '2021-05-01 10:00:00+3',
  '2021-05-01 10:00:00 CET',
  '2021-05-01 10:00',
  '2021-05-01',
  '2021-05-01  10:00:00',
  '2021/05/01 10:00:00',
  '1619863200',
  '2021-05-01t10:00z',
];
const LOST_DIGITS = ['1.5E+18', '1.515915625468061e+18', '1,51592E+18', '1515915625468061200.0', '1e3'];
const AMBIGUOUS_DATES = ['4/30/2021', '30.04.2021', '04/05/2021', '4/30/21', '30-04-2021'];
const UNKNOWN_TYPES = ['promo', 'bulks', 'bulk trigger', 'маркетинг'];
const UNKNOWN_CHANNELS = ['fax', 'e-mail', 'push', 'mobile push', 'SMS!'];
const FALSE_FORMS = ['f', 'F', 'false', '0'];

const MAX_CHARACTERS = 255;
const MAX_CHARACTERS_OF_MESSAGE_ID = 128;

/** Every reason that one column, or a group of columns, can cause. */
export const BREAKAGES: readonly Breakage[] = [
  ...REQUIRED.map((column) => replace(column, 'missing', BLANKS)),
  ...INTEGERS.map((column) => replace(column, 'not_an_integer', INVALID_INTEGERS)),
  ...INTEGERS.map((column) => replace(column, 'lost_digits', LOST_DIGITS)),
  ...INTEGERS.map((column) => replace(column, 'out_of_range', BEYOND_64_BITS)),
  ...FLAGS.map(([flag]) => replace(flag, 'not_a_boolean', INVALID_BOOLEANS)),
  replace('date', 'not_a_date', INVALID_DATES),
  ...TIMES.map((column) => replace(column, 'not_a_time', INVALID_TIMES)),
  replace('date', 'ambiguous_date', AMBIGUOUS_DATES),
  replace(
    'sent_at',
    'ambiguous_date',
    AMBIGUOUS_DATES.map((date) => `${date} 10:00:00`),
  ),
  replace('message_id', 'too_long', longTexts(MAX_CHARACTERS_OF_MESSAGE_ID)),
  ...(['category', ...SETS] as const).map((column) => replace(column, 'too_long', longTexts(MAX_CHARACTERS))),
  ...(['message_id', 'category', ...SETS] as const).map((column) => replace(column, 'bad_text', ['a\0b', '\0', 'x\0'])),
  replace('message_type', 'unknown_value', UNKNOWN_TYPES),
  replace('channel', 'unknown_value', UNKNOWN_CHANNELS),
  ...FLAGS.map(contradiction),
  ...FLAGS.filter(([, , last]) => last !== undefined).flatMap((flag) => [timeOrder(flag), wholeGroup(flag)]),
  dateMismatch(),
];

function replace(column: ColumnName, reason: ReasonCode, values: readonly string[]): Breakage {
  return {
    name: `${column} ${reason}`,
    group: groupOf(column),
    reasons: [{ column, reason }],
    apply: (row, turn) => row.set(column, values[turn % values.length]!),
  };
}

/** One code point too many: letters, and characters outside the basic plane, which JavaScript counts as two each. */
function longTexts(most: number): string[] {
  return ['x'.repeat(most + 1), '😀'.repeat(most + 1), 'ж'.repeat(most * 2)];
}

/** The flag is false although its time, or one of its two times, is set. */
function contradiction([flag, ...times]: (typeof FLAGS)[number]): Breakage {
  return {
    name: `${flag} contradiction`,
    group: flag,
    reasons: [{ column: flag, reason: 'contradiction' }],
    apply: (row, turn) => {
      row.set(flag, FALSE_FORMS[turn % FALSE_FORMS.length]!);
      setTimes(row, times, turn);
    },
  };
}

/** Fills the times of a flag; if it has two, sometimes only one of them. */
export function setTimes(row: RawRow, times: readonly ColumnName[], turn: number): void {
  const absent = times.length > 1 ? turn % (times.length + 1) : 0;
  times.forEach((time, index) => row.set(time, absent === index + 1 ? '' : '2021-05-01 10:00:00'));
}

const WRONG_ORDERS = [
  ['2021-05-01 10:00:00', '2021-05-01 09:59:59'],
  ['2021-05-01 10:00:00.5', '2021-05-01 10:00:00'],
  ['2021-05-01T10:00:00.000001Z', '2021-05-01 10:00:00.000000'],
  ['2022-01-01 00:00:00', '2021-12-31 23:59:59.999999'],
] as const;

function timeOrder([flag, first, last]: (typeof FLAGS)[number]): Breakage {
  return {
    name: `${last} time_order`,
    group: flag,
    reasons: [{ column: last!, reason: 'time_order' }],
    apply: (row, turn) => {
      const order = WRONG_ORDERS[turn % WRONG_ORDERS.length]!;
      // Also without the flag: its value would be derived from the times, but the row is rejected.
      row.set(flag, turn % 3 === 2 ? '' : 't');
      row.set(first!, order[0]);
      row.set(last!, order[1]);
    },
  };
}

/** The flag is false although both times are set, and these are in the wrong order. */
function wholeGroup(rule: (typeof FLAGS)[number]): Breakage {
  const order = timeOrder(rule);
  const [flag] = rule;
  return {
    name: `${flag} contradiction and time_order`,
    group: flag,
    reasons: [{ column: flag, reason: 'contradiction' }, ...order.reasons],
    apply: (row, turn, prng) => {
      order.apply(row, turn, prng);
      row.set(flag, 'f');
    },
  };
}

function dateMismatch(): Breakage {
  const mismatches = [
    ['2021-05-02', '2021-05-01 10:00:00'],
    ['2021-05-01', '2021-05-02 00:00:00'],
    ['2021-05-01', '2022-05-01T23:59:59.999999Z'],
  ] as const;
  return {
    name: 'date date_mismatch',
    group: 'date',
    reasons: [{ column: 'date', reason: 'date_mismatch' }],
    apply: (row, turn) => {
      const [date, sentAt] = mismatches[turn % mismatches.length]!;
      row.set('date', date);
      row.set('sent_at', sentAt);
    },
  };
}

const FLAG_RULES: readonly ReasonCode[] = ['contradiction'];
const LATER_RULES: readonly ReasonCode[] = ['time_order', 'date_mismatch'];

/** In the contract's order: single columns, then flags, orders of times, dates; each by column. */
export function inOrder(reasons: readonly Reason[]): Reason[] {
  const rank = ({ column, reason }: Reason) => {
    const rule = FLAG_RULES.includes(reason) ? 1 : LATER_RULES.includes(reason) ? 2 + LATER_RULES.indexOf(reason) : 0;
    return rule * COLUMNS.length + (column === null ? 0 : positionOf(column));
  };
  return [...reasons].sort((one, other) => rank(one) - rank(other));
}

import { COLUMNS, type ColumnName } from '../message.js';
import { FLAGS, setTimes } from './breakage.js';
import { type Repair } from './expectation.js';
import { type RawRow } from './raw-row.js';

/** One way to alter a row so that the contract still accepts it, unchanged or repaired. */
export interface Harmless {
  readonly name: string;
  readonly repairs: readonly Repair[];
  /**
   * @param turn counts the uses, so that variants take turns
   * @returns the clean values of the altered columns
   */
  apply(row: RawRow, turn: number): Partial<Record<ColumnName, string>>;
}

const SOME_TIME = '2021-05-01 10:00:00';
const SOME_DAY = '2021-05-01';

const repaired = (column: ColumnName, repair: Repair['repair']): Repair => ({ column, repair });
const fromTime = (column: ColumnName): Repair => ({ column, repair: 'flag_from_time' });
const FROM_SENT_AT: Repair = { column: 'date', repair: 'date_from_sent_at' };

const NULL_WORDS = ['NULL', '\\N', 'nan', 'NaT', 'null', 'NaN'];
/** The same moment in several time zones. */
const WITH_OFFSET = [
  ['2021-05-01T10:00:00+00:00', SOME_TIME],
  ['2021-05-01 12:00:00+02', SOME_TIME],
  ['2021-05-01T04:30:00-0530', SOME_TIME],
  ['2021-05-01 10:00:00 UTC', SOME_TIME],
  ['2021-05-02T00:15:00.500+14:15', `${SOME_TIME}.5`],
] as const;

export const REPAIRED: readonly Harmless[] = [
  {
    name: 'null words',
    repairs: [
      repaired('category', 'null_word'),
      repaired('platform', 'null_word'),
      repaired('campaign_id', 'null_word'),
    ],
    apply: (row, turn) => {
      const columns = ['category', 'platform', 'campaign_id'] as const;
      columns.forEach((column, index) => row.set(column, NULL_WORDS[(turn + index) % NULL_WORDS.length]!));
      return { category: '', platform: '', campaign_id: '' };
    },
  },
  {
    name: 'whole floats',
    repairs: [repaired('campaign_id', 'whole_float'), repaired('is_complained', 'whole_float')],
    apply: (row, turn) => {
      row.set('campaign_id', ['123.0', '123.', '+123.00'][turn % 3]!);
      row.set('is_complained', '1.0');
      return { campaign_id: '123', is_complained: 't' };
    },
  },
  {
    name: 'a time with an offset, a date with midnight',
    repairs: [repaired('date', 'midnight_date'), repaired('sent_at', 'utc_offset')],
    apply: (row, turn) => {
      const [text, sentAt] = WITH_OFFSET[turn % WITH_OFFSET.length]!;
      row.set('date', ['2021-05-01 00:00:00', '2021-05-01 00:00:00+00:00'][turn % 2]!);
      row.set('sent_at', text);
      return { date: SOME_DAY, sent_at: sentAt };
    },
  },
  ...FLAGS.map(([flag, ...times]): Harmless => ({
    name: `${flag} missing, a time is set`,
    repairs: [fromTime(flag)],
    apply: (row, turn) => {
      row.set(flag, turn % 2 === 0 ? '' : ' \t');
      setTimes(row, times, turn);
      return { [flag]: 't' };
    },
  })),
  ...FLAGS.map(([flag, ...times]): Harmless => ({
    name: `${flag} missing, no time is set`,
    repairs: [fromTime(flag)],
    apply: (row) => {
      row.set(flag, '');
      for (const time of times) row.set(time, '');
      return { [flag]: 'f' };
    },
  })),
  {
    name: 'date missing',
    repairs: [FROM_SENT_AT],
    apply: (row, turn) => {
      row.set('date', '');
      row.set('sent_at', [SOME_TIME, '2021-05-01T00:00:00Z', '2021-05-01 23:59:59.999999'][turn % 3]!);
      return { date: SOME_DAY, sent_at: [SOME_TIME, '2021-05-01 00:00:00', '2021-05-01 23:59:59.999999'][turn % 3]! };
    },
  },
  {
    name: 'all flags and the date missing',
    repairs: [...FLAGS.map(([flag]) => fromTime(flag)), FROM_SENT_AT],
    apply: (row) => {
      const clean: Partial<Record<ColumnName, string>> = { date: SOME_DAY };
      row.set('date', '');
      row.set('sent_at', SOME_TIME);
      for (const [flag] of FLAGS) {
        clean[flag] = row.get(flag);
        row.set(flag, '');
      }
      return clean;
    },
  },
];

const TRUE_FORMS = ['TRUE', 'true', 'T', '1', 'True', 'tRuE'];
const FALSE_FORMS = ['FALSE', 'false', 'F', '0', 'False', 'fAlSe'];
const BLANKS = [
  [' ', ''],
  ['', '  '],
  ['\t', ' \t'],
  ['\v\f', '\t'],
] as const;

export const ODD: readonly Harmless[] = [
  odd('other forms of booleans', (row, turn) => {
    const clean: Partial<Record<ColumnName, string>> = {};
    FLAGS.forEach(([flag], index) => {
      const value = row.get(flag);
      const forms = value === 't' ? TRUE_FORMS : FALSE_FORMS;
      row.set(flag, forms[(turn + index) % forms.length]!);
      clean[flag] = value;
    });
    return clean;
  }),
  odd('blanks around values', (row, turn) => {
    const [before, after] = BLANKS[turn % BLANKS.length]!;
    return change(row, COLUMNS, (value) => (value === '' ? value : before + value + after));
  }),
  odd('capital letters', (row) => {
    row.set('platform', 'Smart TV');
    row.set('email_provider', 'Mail.RU');
    const columns = ['message_type', 'channel', 'stream'] as const;
    return {
      ...change(row, columns, (value) => value.toUpperCase()),
      platform: 'smart tv',
      email_provider: 'mail.ru',
    };
  }),
  odd('T and Z in times', (row, turn) =>
    change(row, TIME_COLUMNS, (value) => {
      if (value === '') return value;
      const withT = turn % 3 === 1 ? value : value.replace(' ', 'T');
      return turn % 3 === 0 ? withT : `${withT}Z`;
    }),
  ),
  odd('zeros at the end of fractions', (row) =>
    change(row, TIME_COLUMNS, (value) => {
      if (value === '') return value;
      const [second, fraction = ''] = value.split('.');
      return `${second!}.${fraction.padEnd(6, '0')}`;
    }),
  ),
  odd('signs and leading zeros', (row, turn) => {
    row.set('campaign_id', ['0', '12', '7'][turn % 3]!);
    const clean = change(row, ['id', 'client_id'], (value) => ['+', '000', '+00'][turn % 3]! + value);
    row.set('campaign_id', ['-0', '+12', '0000000000000000000000007'][turn % 3]!);
    return { ...clean, campaign_id: ['0', '12', '7'][turn % 3]! };
  }),
  odd('least and greatest values', (row, turn) => {
    const least = turn % 2 === 0;
    const clean = {
      campaign_id: least ? '-9223372036854775808' : '9223372036854775807',
      category: (least ? 'x' : '😀').repeat(255),
      date: least ? '2000-01-01' : '2099-12-31',
      sent_at: least ? '2000-01-01 00:00:00' : '2099-12-31 23:59:59.999999',
    };
    for (const [column, value] of Object.entries(clean)) row.set(column as ColumnName, value);
    return clean;
  }),
  odd('no sending and no campaign', (row) => {
    const columns = ['campaign_id', 'date', 'sent_at', 'platform', 'email_provider', 'stream'] as const;
    for (const column of columns) row.set(column, '');
    return {};
  }),
  odd('a flag without its time', (row) => {
    for (const [flag, ...times] of FLAGS) {
      row.set(flag, 't');
      for (const time of times) row.set(time, '');
    }
    return {};
  }),
  odd('quotes around every field', (row) => {
    const clean = change(row, COLUMNS, (value) => value);
    for (const column of COLUMNS) if (row.get(column) !== '') row.quote(column);
    return clean;
  }),
  odd('commas and quotes in a field', (row, turn) => {
    const category = ['shoes, boots', 'the "new" ones', '"', ',', 'a ""double"" quote, too'][turn % 5]!;
    row.set('category', category);
    return { category };
  }),
  odd('newlines in a field', (row, turn) => {
    const category = ['two\nlines', 'a "quote",\n\nand three lines', 'обувь\n👟'][turn % 3]!;
    row.set('category', category);
    return { category };
  }),
  odd('letters of other alphabets', (row) => {
    const clean = { category: 'Обувь 👟 É', email_provider: 'пОЧТА.рф' };
    row.set('category', clean.category);
    row.set('email_provider', clean.email_provider);
    return clean;
  }),
];

const TIME_COLUMNS = COLUMNS.filter((column) => column.endsWith('_at'));

function odd(name: string, apply: Harmless['apply']): Harmless {
  return { name, repairs: [], apply };
}

/** Rewrites columns and returns their former values. */
function change(
  row: RawRow,
  columns: readonly ColumnName[],
  rewrite: (value: string) => string,
): Partial<Record<ColumnName, string>> {
  const clean: Partial<Record<ColumnName, string>> = {};
  for (const column of columns) {
    const value = row.get(column);
    row.set(column, rewrite(value));
    if (value !== '') clean[column] = value;
  }
  return clean;
}

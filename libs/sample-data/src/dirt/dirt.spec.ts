import { describe, expect, it } from '@jest/globals';
import { isUtf8 } from 'node:buffer';
import { parseCsv } from '../csv.js';
import { COLUMNS, type ColumnName } from '../message.js';
import { Prng } from '../prng.js';
import { inOrder } from './breakage.js';
import { Dirt, DIRTY_WAYS, type DirtyLine } from './dirt.js';
import { type Reason } from './expectation.js';

const LINE =
  '3527358,1515915625824930562-608b4af12829a,19871,trigger,1515915625824930562,email,,,mail.ru,desktop,2021-05-05,' +
  '2021-05-05 00:10:00,t,2021-05-05 00:11:00,2021-05-05 00:12:00,f,,,f,,f,,f,,f,,f,,f,,2023-04-27 08:50:17.740613,2023-04-27 08:50:17.7426';

function alter(count: number, seed = 1): DirtyLine[] {
  const dirt = new Dirt(new Prng(seed, 0));
  return Array.from({ length: count }, () => dirt.alter(LINE));
}

const reasonsOf = ({ expectation }: DirtyLine): readonly Reason[] =>
  'reasons' in expectation ? expectation.reasons : [];
const textOf = ({ column, reason }: Reason) => `${column ?? 'record'} ${reason}`;

const FLAGS = COLUMNS.filter((column) => column.startsWith('is_'));
const TIMES = COLUMNS.filter((column) => column.endsWith('_at'));
const all = (columns: readonly ColumnName[], reason: string) => columns.map((column) => `${column} ${reason}`);

describe('Dirt', () => {
  const first = alter(DIRTY_WAYS);
  // Nine of these rows have random reasons: eight a few, one very many. All others have one or two.
  const single = first.filter((line) => reasonsOf(line).length === 1).flatMap((line) => reasonsOf(line).map(textOf));

  it('produces every reason that is possible in a file among its first rows', () => {
    const wanted = [
      ...all(['id', 'message_id', 'message_type', 'client_id', 'channel', 'created_at', 'updated_at'], 'missing'),
      ...all(['id', 'campaign_id', 'client_id'], 'not_an_integer'),
      ...all(['id', 'campaign_id', 'client_id'], 'lost_digits'),
      ...all(['id', 'campaign_id', 'client_id'], 'out_of_range'),
      ...all(FLAGS, 'not_a_boolean'),
      ...all(['date'], 'not_a_date'),
      ...all(TIMES, 'not_a_time'),
      ...all(['date', 'sent_at'], 'ambiguous_date'),
      ...all(['message_id', 'category', 'platform', 'email_provider', 'stream'], 'too_long'),
      ...all(['message_id', 'category', 'platform', 'email_provider', 'stream'], 'bad_text'),
      ...all(['message_type', 'channel'], 'unknown_value'),
      ...all(FLAGS, 'contradiction'),
      ...all(['opened_last_time_at', 'clicked_last_time_at'], 'time_order'),
      ...all(['date'], 'date_mismatch'),
      'record unparsable_line',
      'record too_large',
    ];
    expect([...new Set(single)].sort()).toEqual([...wanted].sort());
    expect(single.filter((reason) => reason === 'record unparsable_line')).toHaveLength(5);
  });

  it('makes rows with several reasons, at most one per column rule and flag rule', () => {
    const several = first.map(reasonsOf).filter((reasons) => reasons.length > 1);
    expect(several.length).toBeGreaterThanOrEqual(10);
    expect(Math.max(...several.map((reasons) => reasons.length))).toBeGreaterThan(15);
    for (const reasons of several) {
      expect(new Set(reasons.map(textOf)).size).toBe(reasons.length);
      expect(reasons).toEqual(inOrder(reasons));
    }
  });

  it('makes rows that need each repair, and odd rows that need none', () => {
    const repairs = first.flatMap(({ expectation }) => ('row' in expectation ? expectation.repairs : []));
    expect(new Set(repairs.map(({ column, repair }) => `${column} ${repair}`))).toEqual(
      new Set([
        ...all(FLAGS, 'flag_from_time'),
        'date date_from_sent_at',
        ...all(['category', 'platform', 'campaign_id'], 'null_word'),
        ...all(['campaign_id', 'is_complained'], 'whole_float'),
        'sent_at utc_offset',
        'date midnight_date',
      ]),
    );
    expect(first.filter(({ kind }) => kind === 'odd').length).toBeGreaterThan(10);
  });

  it('makes at most three rows larger than 1 MiB', () => {
    const large = alter(DIRTY_WAYS * 5).filter(({ bytes }) => bytes.length > 1_048_576);
    expect(large).toHaveLength(3);
    for (const line of large) expect(reasonsOf(line)).toEqual([{ column: null, reason: 'too_large' }]);
  });

  it('writes records that a CSV parser splits as expected', () => {
    for (const { bytes, lines, expectation } of alter(DIRTY_WAYS * 3, 2)) {
      const text = bytes.toString();
      expect(text.split('\n')).toHaveLength(lines);
      const unparsable = 'reasons' in expectation && expectation.reasons[0]?.reason === 'unparsable_line';
      if (unparsable) expect(lines).toBe(1);
      else {
        expect(isUtf8(bytes)).toBe(true);
        expect(parseCsv(text).map((record) => record.length)).toEqual([COLUMNS.length]);
      }
    }
  });

  it('makes unparsable lines of every kind', () => {
    const lines = alter(DIRTY_WAYS).filter((line) => reasonsOf(line)[0]?.reason === 'unparsable_line');
    const kindOf = ({ bytes }: DirtyLine) => {
      if (!isUtf8(bytes)) return 'bytes';
      const text = bytes.toString();
      return text.includes('"ab"c')
        ? 'after'
        : text.includes('ab"c')
          ? 'within'
          : Math.sign(text.split(',').length - 32);
    };
    expect(new Set(lines.map(kindOf))).toEqual(new Set(['bytes', 'after', 'within', -1, 1]));
  });

  it('sorts reasons: columns, then flags, orders and dates', () => {
    const sorted: Reason[] = [
      { column: 'id', reason: 'missing' },
      { column: 'updated_at', reason: 'not_a_time' },
      { column: 'is_opened', reason: 'contradiction' },
      { column: 'is_purchased', reason: 'contradiction' },
      { column: 'opened_last_time_at', reason: 'time_order' },
      { column: 'date', reason: 'date_mismatch' },
    ];
    expect(inOrder([...sorted].reverse())).toEqual(sorted);
  });
});

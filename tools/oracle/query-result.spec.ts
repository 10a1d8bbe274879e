import { describe, expect, it } from '@jest/globals';
import { compare, type QueryResult } from './query-result.js';
import { cellOf } from './cell.fixture.js';
import type { MartQuery } from './queries.js';

const QUERY: MartQuery = { name: 'by channel', sql: '', by: ['channel'] };

const CELLS = [
  cellOf({ channel: 'email' }, { sent: 10, opened: 3 }),
  cellOf({ channel: 'sms' }, { sent: 4, opened: 0 }),
  cellOf({ channel: 'email' }, { sent: 20, opened: 1 }),
];

const EMAIL = { channel: 'email', sent: '30', opened: '4', open_rate: '0.133333', note: 'x' };
const SMS = { channel: 'sms', sent: '4', opened: '0', open_rate: '0.000000', note: null };

const resultOf = (...rows: QueryResult['rows']): QueryResult => ({ rows, columns: Object.keys(EMAIL), seconds: 0 });

describe('compare', () => {
  it('finds no difference in the same rows in any order, and lists the columns that it cannot compare', () => {
    expect(compare(QUERY, resultOf(SMS, EMAIL), CELLS)).toEqual({
      rows: 2,
      values: 8,
      uncompared: ['note'],
      differences: [],
    });
  });

  it.each([
    ['another count', [{ ...EMAIL, sent: '31' }, SMS], '["email"]: sent is 31, not 30'],
    ['a rate with another last digit', [{ ...EMAIL, open_rate: '0.133334' }, SMS], 'is 0.133334, not 0.133333'],
    ['null instead of 0', [EMAIL, { ...SMS, opened: null }], '["sms"]: opened is null, not 0'],
    ['a missing row', [EMAIL], '["sms"] is missing'],
    ['an unexpected row', [EMAIL, SMS, { ...SMS, channel: null }], '[null] is unexpected'],
    ['a repeated row', [EMAIL, SMS, SMS], '1 rows have a duplicate key'],
  ])('finds %s', (_, rows, difference) => {
    expect(compare(QUERY, resultOf(...rows), CELLS).differences).toEqual([expect.stringContaining(difference)]);
  });
});

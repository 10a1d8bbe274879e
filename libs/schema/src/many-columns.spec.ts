import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { goldenBase } from '../golden/golden-cases.js';
import type * as cleaner from './cleaner.js';
import * as actual from './contract.js';

/** The cleaner for a contract with 64 more columns. Its first column is `date`, which a rule uses. */
let clean: typeof cleaner.clean;
const extra = Array.from({ length: 64 }, (_, i) => ({ name: `extra_${i}`, kind: 'integer', description: '' }));

beforeAll(async () => {
  const isDate = ({ name }: actual.Column) => name === 'date';
  const columns = [
    ...actual.contract.columns.filter(isDate),
    ...actual.contract.columns.filter((column) => !isDate(column)),
    ...extra,
  ];
  jest.unstable_mockModule('./contract.js', () => ({
    ...actual,
    contract: { ...actual.contract, columns },
    COLUMN_NAMES: columns.map(({ name }) => name),
  }));
  ({ clean } = await import('./cleaner.js'));
});

describe('a contract with more than 32 columns', () => {
  it.each(extra.map(({ name }) => name))('does not confuse a rejected %s with a column of a rule', (name) => {
    const fields = { ...goldenBase.fields, sent_at: '2021-05-01 10:00:00', date: '2021-05-02', [name]: 'x' };
    expect(clean(Buffer.from(JSON.stringify(fields)))).toEqual({
      kind: 'rejected',
      reasons: [
        { column: name, reason: 'not_an_integer' },
        { column: 'date', reason: 'date_mismatch' },
      ],
    });
  });
});

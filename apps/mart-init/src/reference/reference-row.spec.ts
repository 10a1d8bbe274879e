import { describe, expect, it } from '@jest/globals';
import type { TableContract } from '#schema/contract.js';
import { ReferenceRow } from './reference-row.js';

const table: TableContract = {
  description: 'Things',
  table: 'things',
  primaryKey: ['id'],
  columns: [
    { name: 'id', kind: 'integer', required: true, description: '' },
    { name: 'name', kind: 'text', maxLength: 9, description: '' },
    { name: 'good', kind: 'boolean', description: '' },
  ],
};

describe('ReferenceRow', () => {
  it("puts the line number first, then the columns in the contract's order", () => {
    const row = new ReferenceRow(table, ['good', 'other', 'name', 'id']);
    expect(row.read(['True', 'x', ' apple\t', '+007'], 12)).toEqual({ copyLine: '12\t7\tapple\tt\n' });
  });

  it('distinguishes an empty value from a text that looks like one', () => {
    const row = new ReferenceRow(table, ['id', 'name', 'good']);
    expect(row.read(['1', ' ', ''], 2)).toEqual({ copyLine: '2\t1\t\t\n' });
    expect(row.read(['1', '\\No', ''], 2)).toEqual({ copyLine: '2\t1\t\\\\No\t\n' });
  });

  it('escapes characters that would end a value or a line', () => {
    const row = new ReferenceRow(table, ['id', 'name', 'good']);
    expect(row.read(['1', 'a\tb\nc\r\\d', ''], 2)).toEqual({ copyLine: '2\t1\ta\\tb\\nc\\r\\\\d\t\n' });
  });

  it('counts the repairs in good rows', () => {
    const repairs = new Map<string, number>();
    const row = new ReferenceRow(table, ['id', 'name', 'good'], repairs);
    expect(row.read(['7.0', '\\N', '1.0'], 2)).toEqual({ copyLine: '2\t7\t\tt\n' });
    expect(row.read(['8.00', 'NaN', ''], 3)).toEqual({ copyLine: '3\t8\t\t\n' });
    expect(row.read(['NULL', 'NULL', '0.0'], 4)).toEqual({ problems: 'id: missing (a required column has no value)' });
    expect([...repairs]).toEqual([
      ['whole_float id', 2],
      ['null_word name', 2],
      ['whole_float good', 1],
    ]);
  });

  it('names every bad column with its reason', () => {
    const row = new ReferenceRow(table, ['id', 'name', 'good']);
    expect(row.read(['', 'much too long', 'yes'], 2)).toEqual({
      problems:
        'id: missing (a required column has no value); name: too_long (more characters than the column holds); ' +
        'good: not_a_boolean (none of t f true false 1 0)',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { positionOf } from './columns.js';
import { COLUMN_NAMES, contract, type ColumnName } from './contract.js';
import { copiedValue, copyLine, copyLineOf } from './copy-text.js';

function lineOf(values: Partial<Record<ColumnName, string>>): string {
  return copyLine(COLUMN_NAMES.map((name) => values[name] ?? null));
}

function fieldsOf(line: string): Record<string, string> {
  const fields = line.split('\t');
  expect(fields).toHaveLength(COLUMN_NAMES.length);
  return Object.fromEntries(fields.flatMap((field, i) => (field === '' ? [] : [[COLUMN_NAMES[i]!, field]])));
}

describe('copyLine', () => {
  it('writes null as an empty field', () => {
    expect(fieldsOf(lineOf({ id: '1', is_opened: 't' }))).toEqual({ id: '1', is_opened: 't' });
  });

  it.each([
    ['a tab', 'a\tb', 'a\\tb'],
    ['a newline', 'a\nb', 'a\\nb'],
    ['a carriage return', 'a\rb', 'a\\rb'],
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['a text that looks like null', '\\N', '\\\\N'],
    ['a text that looks like the end of the data', '\\.', '\\\\.'],
    ['several of them', '\\\t\n\r\\', '\\\\\\t\\n\\r\\\\'],
  ])('escapes %s', (_, value, escaped) => {
    expect(fieldsOf(lineOf({ category: value }))).toEqual({ category: escaped });
  });

  const free = contract.columns.filter(({ kind }) => kind === 'text' || kind === 'open_set').map(({ name }) => name);

  it.each(free)('escapes in the column %s', (name) => {
    expect(fieldsOf(lineOf({ id: '2', [name]: 'a\tb' }))).toEqual({ id: '2', [name]: 'a\\tb' });
  });
});

describe('copyLineOf', () => {
  it('formats the rows of another table', () => {
    expect(copyLineOf([{ kind: 'integer' }, { kind: 'text' }, { kind: 'date' }])(['1', '\t', null])).toBe('1\t\\t\t');
  });
});

describe('copiedValue', () => {
  it('returns the value of a column, wherever it is in the line', () => {
    const line = lineOf({ id: '1', channel: 'sms', updated_at: '2023-05-01 00:00:00' });
    expect(['id', 'channel', 'updated_at', 'date'].map((name) => copiedValue(line, positionOf(name)))).toEqual([
      '1',
      'sms',
      '2023-05-01 00:00:00',
      '',
    ]);
  });
});

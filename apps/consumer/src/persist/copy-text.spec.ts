import { describe, expect, it } from '@jest/globals';
import { COLUMN_NAMES, contract, type ColumnName } from '#schema/contract.js';
import { columnText, copyLine, copyText } from './copy-text.js';

function rowOf(values: Partial<Record<ColumnName, string>>): { line: string } {
  return { line: copyLine(COLUMN_NAMES.map((name) => values[name] ?? null)) };
}

function fieldsOf(line: string): Record<string, string> {
  const fields = line.split('\t');
  expect(fields).toHaveLength(COLUMN_NAMES.length);
  return Object.fromEntries(fields.flatMap((field, i) => (field === '' ? [] : [[COLUMN_NAMES[i]!, field]])));
}

/** All pieces as one. */
function textOf(rows: readonly { readonly line: string }[]): Buffer {
  return Buffer.concat([...copyText(rows)]);
}

describe('copyText', () => {
  it('is empty for no rows', () => {
    expect(textOf([])).toEqual(Buffer.alloc(0));
  });

  it('ends every row with a newline, and leaves null empty', () => {
    const text = textOf([rowOf({ id: '1', is_opened: 't' }), rowOf({ id: '2', updated_at: '2023-05-01 00:00:00' })]);
    const lines = text.toString().split('\n');

    expect(lines).toHaveLength(3);
    expect(lines[2]).toBe('');
    expect(fieldsOf(lines[0]!)).toEqual({ id: '1', is_opened: 't' });
    expect(fieldsOf(lines[1]!)).toEqual({ id: '2', updated_at: '2023-05-01 00:00:00' });
  });

  it.each([
    ['a tab', 'a\tb', 'a\\tb'],
    ['a newline', 'a\nb', 'a\\nb'],
    ['a carriage return', 'a\rb', 'a\\rb'],
    ['a backslash', 'a\\b', 'a\\\\b'],
    ['what looks like null', '\\N', '\\\\N'],
    ['what looks like the end of the data', '\\.', '\\\\.'],
    ['several of them', '\\\t\n\r\\', '\\\\\\t\\n\\r\\\\'],
  ])('escapes %s', (_, value, escaped) => {
    expect(
      fieldsOf(
        textOf([rowOf({ category: value })])
          .toString()
          .slice(0, -1),
      ),
    ).toEqual({ category: escaped });
  });

  const free = contract.columns.filter(({ kind }) => kind === 'text' || kind === 'open_set').map(({ name }) => name);

  it.each(free)('escapes in the column %s, and leaves the rows beside it alone', (name) => {
    const text = textOf([rowOf({ id: '1' }), rowOf({ id: '2', [name]: 'a\tb' }), rowOf({ id: '3' })]).toString();
    expect(text.split('\n').slice(0, -1).map(fieldsOf)).toEqual([
      { id: '1' },
      { id: '2', [name]: 'a\\tb' },
      { id: '3' },
    ]);
  });

  it('gives every row once, in order, however many there are', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => rowOf({ id: String(i) }));
    const lines = textOf(rows).toString().split('\n');
    expect(lines).toHaveLength(1001);
    expect(lines.slice(0, -1).map((line) => line.trim())).toEqual(rows.map((_, i) => String(i)));
    expect([...copyText(rows)].length).toBeGreaterThan(1);
  });

  it('writes UTF-8', () => {
    expect(textOf([rowOf({ category: 'обувь 👟' })]).includes(Buffer.from('обувь 👟'))).toBe(true);
  });
});

describe('columnText', () => {
  it('gives the text of a column, wherever it stands in the line', () => {
    const { line } = rowOf({ id: '1', channel: 'sms', updated_at: '2023-05-01 00:00:00' });
    expect(
      ['id', 'channel', 'updated_at', 'date'].map((name) => columnText(line, COLUMN_NAMES.indexOf(name as ColumnName))),
    ).toEqual(['1', 'sms', '2023-05-01 00:00:00', '']);
  });
});

import { describe, expect, it } from '@jest/globals';
import { copyPieces } from './copy-pieces.js';

const textOf = (rows: readonly { readonly line: string }[]) => Buffer.concat([...copyPieces(rows)]).toString();

describe('copyPieces', () => {
  it('yields nothing without rows', () => {
    expect([...copyPieces([])]).toEqual([]);
  });

  it('ends every row with a newline', () => {
    expect(textOf([{ line: '1\t\tt' }, { line: '2\t\t' }])).toBe('1\t\tt\n2\t\t\n');
  });

  it('yields every row once, in order, in several pieces', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => ({ line: String(i) }));
    expect(textOf(rows)).toBe(rows.map(({ line }) => `${line}\n`).join(''));
    expect([...copyPieces(rows)].length).toBeGreaterThan(1);
  });

  it('writes UTF-8', () => {
    expect(textOf([{ line: 'обувь 👟' }])).toBe('обувь 👟\n');
  });
});

import { describe, expect, it } from '@jest/globals';
import { format } from 'prettier';
import { Anchors, prose, table } from './markdown.js';

const formatted = (markdown: string) => format(markdown, { parser: 'markdown', proseWrap: 'always' });

describe('prose', () => {
  it('keeps code and column names, and escapes other markup', () => {
    expect(prose('`a*b` or first_time_at, *not* <b> [x](y)')).toBe(
      '`a*b` or first_time_at, \\*not\\* \\<b\\> \\[x\\](y)',
    );
  });

  it.each([
    '_private and snake_case',
    'a # b > c ~ d',
    '# title',
    '> quote',
    'count(*) * 2',
    'back\\slash',
    '1 < 2 & 3',
  ])('does not change when Prettier formats it twice: %s', async (text) => {
    const once = await formatted(prose(text));
    expect(await formatted(once)).toBe(once);
  });
});

describe('table', () => {
  it('escapes bars and line breaks in cells', () => {
    expect(table(['a', 'b'], [['x|y', 'one\n  two']])).toBe('| a | b |\n| --- | --- |\n| x\\|y | one two |');
  });
});

describe('Anchors', () => {
  it('match those of GitHub, with numbers for repeated titles', () => {
    const anchors = new Anchors();
    expect(['Accepted values', 'mart.by_day', 'mart.by_day'].map((title) => anchors.next(title))).toEqual([
      'accepted-values',
      'martby_day',
      'martby_day-1',
    ]);
  });
});

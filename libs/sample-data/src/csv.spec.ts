import { describe, expect, it } from '@jest/globals';
import { csvField, parseCsv, quoteField } from './csv.js';

describe('parseCsv', () => {
  it('reads quoted fields, both kinds of line ends and a last line without one', () => {
    expect(parseCsv('a,b\r\n"x, ""y""",\n"1\n2",3')).toEqual([
      ['a', 'b'],
      ['x, "y"', ''],
      ['1\n2', '3'],
    ]);
  });

  it('skips empty lines', () => {
    expect(parseCsv('a\n\nb\n')).toEqual([['a'], ['b']]);
  });
});

describe('csvField', () => {
  it.each(['plain', '', ' blanks '])('does not quote "%s"', (text) => expect(csvField(text)).toBe(text));

  it.each(['a,b', 'say "hi"', 'two\nlines'])('writes %j so that parseCsv reads it back', (text) => {
    expect(parseCsv(csvField(text))).toEqual([[text]]);
  });

  it('quotes on demand', () => expect(quoteField('x"y')).toBe('"x""y"'));
});

import { describe, expect, it } from '@jest/globals';
import { CsvRow } from './csv-record.js';
import { CsvSplitter } from './csv-splitter.js';
import { RowEncoder } from './row-encoder.js';

const HEADER = ['extra', 'id', 'note', 'last'];

function encode(
  line: string | Buffer,
  header = HEADER,
  columns = ['id', 'note', 'last'],
): { key: string | null; json: string } {
  const splitter = new CsvSplitter({ fieldCount: header.length });
  const [row] = [...splitter.push(Buffer.from(line as string)), ...splitter.end()];
  if (!(row instanceof CsvRow)) throw new Error(`not a row: ${String(line)}`);
  const encoder = new RowEncoder(header, columns, 'id');
  encoder.encode(row);
  return {
    key: encoder.keyLength === -1 ? null : encoder.key.toString('utf8', 0, encoder.keyLength),
    json: encoder.value.toString('utf8', 0, encoder.valueLength),
  };
}

describe('RowEncoder', () => {
  it('leaves out empty fields and other columns', () => {
    expect(encode('x,1,,b')).toEqual({ key: '1', json: '{"id":"1","last":"b"}' });
  });

  it.each([
    ['all empty', 'x,,,', {}],
    ['only the last', 'x,,,z', { last: 'z' }],
    ["white space, which is the cleaner's business", 'x, 1 ,\t, y ', { id: ' 1 ', note: '\t', last: ' y ' }],
    ['a backslash', 'x,1,a\\b,c', { id: '1', note: 'a\\b', last: 'c' }],
    ['control characters', 'x,1,a\u0000\u001f\rb,\u007f', { id: '1', note: 'a\u0000\u001f\rb', last: '\u007f' }],
    ['characters of several bytes', 'x,1,жé𝄞\u2028,ü', { id: '1', note: 'жé𝄞\u2028', last: 'ü' }],
    ['quotes', 'x,1,"say ""hi"", ж",', { id: '1', note: 'say "hi", ж' }],
    ['a quoted newline', 'x,1,"a\nb",""', { id: '1', note: 'a\nb' }],
    ['a number above 2^53, digit by digit', 'x,1515915625472576541,,', { id: '1515915625472576541' }],
  ])('gives JSON with the fields as they are: %s', (_name, line, expected) => {
    expect(JSON.parse(encode(line).json)).toEqual(expected);
  });

  it('encodes a line with quotes to the same JSON as one without', () => {
    expect(encode('"x","1","жб","c"')).toEqual(encode('x,1,жб,c'));
  });

  it('finds the columns by name, in any order', () => {
    expect(JSON.parse(encode('c,n,7', ['last', 'note', 'id']).json)).toEqual({ id: '7', note: 'n', last: 'c' });
  });

  it.each([
    ['x, \t17\v ,,', '17'],
    ['x," 17 ",,', '17'],
    ['x,,,', null],
    ['x,  ,,', null],
    ['x,жé,,', 'жé'],
  ])('the key of %j is %j', (line, key) => {
    expect(encode(line).key).toBe(key);
  });

  it('grows for values and keys larger than its buffers', () => {
    const large = 'v'.repeat(200_000);
    expect(encode(`x,${large},${large},`)).toEqual({ key: large, json: `{"id":"${large}","note":"${large}"}` });
    const quotes = '\\'.repeat(100_000);
    expect(JSON.parse(encode(`x,1,${quotes},`).json)).toEqual({ id: '1', note: quotes });
  });

  it('keeps nothing of the previous row', () => {
    const splitter = new CsvSplitter({ fieldCount: 2 });
    const rows = splitter.push(Buffer.from('12345,abc\n,d\n'));
    const encoder = new RowEncoder(['id', 'note'], ['id', 'note'], 'id');
    for (const row of rows) encoder.encode(row as CsvRow);
    expect(encoder.keyLength).toBe(-1);
    expect(encoder.value.toString('utf8', 0, encoder.valueLength)).toBe('{"note":"d"}');
  });
});

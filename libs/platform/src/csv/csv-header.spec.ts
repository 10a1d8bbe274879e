import { describe, expect, it } from '@jest/globals';
import { readHeader } from './csv-header.js';
import { CsvSplitter } from './csv-splitter.js';

const header = (text: string, required = ['id', 'name']) => {
  const splitter = new CsvSplitter();
  return readHeader('data/f.csv', [...splitter.push(Buffer.from(text)), ...splitter.end()][0], required);
};

describe('readHeader', () => {
  it('gives the trimmed names in the order of the file, extra ones too', () => {
    expect(header(' extra, name ,id\n')).toEqual(['extra', 'name', 'id']);
  });

  it.each([
    ['', 'the file is empty'],
    ['id,size\n', 'the header lacks name'],
    ['1,2\n', 'line 1 names none of the columns, so it is not a header'],
    ['id,name,id\n', 'the header names id more than once'],
    ['id,"name\n', 'the header in line 1 does not parse: an unclosed quote'],
  ])('refuses %j and says what was expected and where', (text, problem) => {
    expect(() => header(text)).toThrow(
      `data/f.csv: ${problem}. Expected a header line with the columns id,name (any order, others are passed by).`,
    );
  });
});

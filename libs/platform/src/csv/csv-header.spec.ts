import { describe, expect, it } from '@jest/globals';
import { readHeader } from './csv-header.js';
import { CsvSplitter } from './csv-splitter.js';

const header = (text: string, required = ['id', 'name']) => {
  const splitter = new CsvSplitter();
  return readHeader('data/f.csv', [...splitter.push(Buffer.from(text)), ...splitter.end()][0], required);
};

describe('readHeader', () => {
  it('returns the trimmed names in file order, including extra ones', () => {
    expect(header(' extra, name ,id\n')).toEqual(['extra', 'name', 'id']);
  });

  it('matches names in any case and returns them as required', () => {
    expect(header('ID,"Name",Extra\n')).toEqual(['id', 'name', 'Extra']);
  });

  it.each([
    ['id;name\n1;2\n', 'its fields are separated by semicolons instead of commas', "';' < data/f.csv"],
    ['id\tname\n1\t2\n', 'its fields are separated by tabs instead of commas', "$'\\t' < data/f.csv"],
    ['"id"|"name"\n', 'its fields are separated by vertical bars instead of commas', "'|' < data/f.csv"],
    ['sep=,\nid,name\n', 'line 1 is a "sep=" line, which only spreadsheets understand', 'tail -n +2 data/f.csv'],
    ['id,name\r1,secret\r', 'its lines end in CR alone', "tr '\\r' '\\n' < data/f.csv"],
    ['id,name\r1,"secret"\r2,"x"\r', 'its lines end in CR alone', 'tr'],
  ])('says what %j is, and the command that mends it', (text, problem, command) => {
    expect(() => header(text)).toThrow(problem);
    expect(() => header(text)).toThrow(command);
    expect(() => header(text)).not.toThrow('secret');
  });

  it('shows no values when the header is missing, however many there are', () => {
    const values = Array.from({ length: 100_000 }, (_, i) => `secret${i},secret`).join() + '\n';
    // CPU time, because the machine may be busy.
    const before = process.cpuUsage();
    expect(() => header(values)).toThrow('names none of the columns');
    expect(() => header(`id,name,${values}`)).toThrow('the header names a column more than once');
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });

  it.each([
    ['', 'the file is empty'],
    ['id,size\n', 'the header lacks name'],
    ['1,2\n', 'line 1 names none of the columns, so it is not a header'],
    ['id,name,id\n', 'the header names id more than once'],
    ['id,"name\n', 'the header in line 1 does not parse: an unclosed quote'],
  ])('refuses %j and says what was expected and where', (text, problem) => {
    expect(() => header(text)).toThrow(
      `data/f.csv: ${problem}. Expected a header line with the columns id,name (any order, others are skipped).`,
    );
  });
});

import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { CsvError } from '#platform/csv/csv-error.js';
import { RefusedFiles } from './refused-files.js';

const noHeader = (file: string) => new CsvError('CSV_HEADER_INVALID', `${file}: no header`);
const truncated = (file: string) => new CsvError('CSV_GZIP_TRUNCATED', `${file}: cut off`);
let files: RefusedFiles;
let errors: string[];

beforeEach(() => {
  files = new RefusedFiles();
  errors = [];
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'error').mockImplementation((message: unknown) => void errors.push(String(message)));
});
afterEach(() => {
  jest.restoreAllMocks();
});

describe('RefusedFiles', () => {
  it('logs a file once, and again when the file or its error changes', () => {
    files.add('a', 'v1', noHeader('a'));
    files.add('a', 'v1', noHeader('a'));
    files.remove('a');
    files.add('a', 'v1', noHeader('a'));
    expect(errors).toEqual(['CSV_HEADER_INVALID: a: no header']);
    files.add('a', 'v2', noHeader('a'));
    files.add('a', 'v2', truncated('a'));
    expect(errors).toHaveLength(3);
    files.forgetAllBut(() => false);
    files.add('a', 'v2', truncated('a'));
    expect(errors).toHaveLength(4);
  });

  it('is down, with the reason, until all files are repaired or gone', () => {
    expect(files.health()).toEqual({ up: true });
    files.add('a', 'v1', noHeader('a'));
    expect(files.health()).toEqual({ up: false, detail: 'CSV_HEADER_INVALID: a: no header' });
    files.add('b', 'v1', truncated('b'));
    expect(files.health()).toEqual({ up: false, detail: 'CSV_HEADER_INVALID: a: no header (and 1 more)' });
    files.remove('a');
    expect(files.health()).toEqual({ up: false, detail: 'CSV_GZIP_TRUNCATED: b: cut off' });
    files.forgetAllBut((file) => file !== 'b');
    expect(files.health()).toEqual({ up: true });
  });
});

import { CsvError } from './csv-error.js';
import { UnparsableLine, type CsvRecord } from './csv-record.js';

/**
 * The column names of a file from its first record, trimmed.
 *
 * @throws CsvError CSV_HEADER_INVALID when there is none, a column stands twice or a required one is absent.
 */
export function readHeader(path: string, record: CsvRecord | undefined, required: readonly string[]): string[] {
  const expected = `Expected a header line with the columns ${required.join(',')} (any order, others are passed by).`;
  const invalid = (problem: string): CsvError => new CsvError('CSV_HEADER_INVALID', `${path}: ${problem}. ${expected}`);

  if (record === undefined) throw invalid('the file is empty');
  if (record instanceof UnparsableLine)
    throw invalid(`the header in line ${record.line} does not parse: ${record.reason}`);
  const names = record.fields.map((name) => name.trim());
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw invalid(`the header names ${list(twice)} more than once`);
  const absent = required.filter((name) => !names.includes(name));
  if (absent.length === required.length && absent.length > 0) {
    throw invalid(`line ${record.line} names none of the columns, so it is not a header`);
  }
  if (absent.length > 0) throw invalid(`the header lacks ${list(absent)}`);
  return names;
}

function list(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

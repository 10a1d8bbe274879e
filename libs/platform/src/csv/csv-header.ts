import { CsvError } from './csv-error.js';
import { UnparsableLine, type CsvRecord } from './csv-record.js';
import { quoted } from './file-format.js';

const CR = 0x0d;
const OTHER_SEPARATORS = [
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'vertical bars'],
] as const;

/**
 * The column names in the first record of a file, trimmed. Required columns match in any case and are returned as spelled in
 * `required`. Error messages show no value, because the line may be a row.
 *
 * @throws CsvError CSV_HEADER_INVALID when there is no header, a column occurs twice or a required one is missing.
 */
export function readHeader(path: string, record: CsvRecord | undefined, required: readonly string[]): string[] {
  const expected = `Expected a header line with the columns ${required.join(',')} (any order, others are skipped).`;
  const invalid = (problem: string, remedy = expected): CsvError =>
    new CsvError('CSV_HEADER_INVALID', `${path}: ${problem}. ${remedy}`);

  if (record === undefined) throw invalid('the file is empty');
  const line = bytesOf(record);
  const loneCr = line.indexOf(CR);
  if (loneCr !== -1 && loneCr < line.length - 1 && line[loneCr + 1] !== 0x0a) {
    throw invalid(
      'its lines end in CR alone, as on old Macintosh systems',
      `Convert it: tr '\\r' '\\n' < ${quoted(path)} > converted.csv`,
    );
  }
  const text = line.toString('utf8');
  if (/^\ufeff?"?sep=/i.test(text)) {
    throw invalid(
      `line ${record.line} is a "sep=" line, which only spreadsheets understand`,
      `Remove it: tail -n +${record.line + 1} ${quoted(path)} > converted.csv`,
    );
  }
  const spelled = new Map(required.map((name) => [name.toLowerCase(), name]));
  const separator = names(text, ',').some((name) => spelled.has(name))
    ? undefined
    : OTHER_SEPARATORS.find(([character]) => names(text, character).some((name) => spelled.has(name)));
  if (separator !== undefined && names(text, separator[0]).length > 1) {
    throw invalid(
      `its fields are separated by ${separator[1]} instead of commas`,
      "Convert it: python3 -c 'import csv, sys; csv.writer(sys.stdout).writerows(csv.reader(sys.stdin, delimiter=sys.argv[1]))' " +
        `${separator[0] === '\t' ? "$'\\t'" : `'${separator[0]}'`} < ${quoted(path)} > converted.csv`,
    );
  }
  if (record instanceof UnparsableLine)
    throw invalid(`the header in line ${record.line} does not parse: ${record.reason}`);

  const header = record.fields.map((field) => spelled.get(field.trim().toLowerCase()) ?? field.trim());
  const present = new Set<string>();
  const twice = new Set<string>();
  for (const name of header) (present.has(name) ? twice : present).add(name);
  const absent = required.filter((name) => !present.has(name));
  if (absent.length === required.length && absent.length > 0) {
    throw invalid(`line ${record.line} names none of the columns, so it is not a header`);
  }
  if (twice.size > 0) {
    const known = [...twice].filter((name) => required.includes(name));
    throw invalid(`the header names ${known.length > 0 ? known.join(', ') : 'a column'} more than once`);
  }
  if (absent.length > 0) throw invalid(`the header lacks ${absent.join(', ')}`);
  return header;
}

function bytesOf(record: CsvRecord): Buffer {
  return record instanceof UnparsableLine ? record.raw : record.chunk.subarray(record.start, record.end);
}

function names(line: string, separator: string): string[] {
  return line.split(separator).map((name) => name.replaceAll('"', '').trim().toLowerCase());
}

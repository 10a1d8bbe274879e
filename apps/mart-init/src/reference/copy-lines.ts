import { CsvError } from '#platform/csv/csv-error.js';
import { UnparsableLine } from '#platform/csv/csv-record.js';
import { CsvReader } from '#platform/csv/csv-reader.js';
import type { BadLinesReport } from './bad-lines-report.js';
import type { ReferenceFile } from './reference-files.js';
import { ReferenceRow } from './reference-row.js';

/**
 * Yields the good rows of a file in COPY text format, a few thousand rows at a time, and reports the bad ones. A file that cannot be
 * read to its end is reported too: throwing would end the transaction before the other files are checked.
 */
export async function* readCopyLines(
  file: ReferenceFile,
  badLines: BadLinesReport,
  repairs: Map<string, number>,
  onRepeatedHeaders: (lines: number) => void,
): AsyncGenerator<string> {
  try {
    const columns = file.table.columns.map(({ name }) => name);
    const reader = await CsvReader.open(file.path, { columns });
    const row = new ReferenceRow(file.table, reader.header, repairs);
    for await (const records of reader.batches()) {
      let copyLines = '';
      for (const record of records) {
        if (record instanceof UnparsableLine) {
          badLines.add(record.line, `unparsable_line (${record.reason})`);
          continue;
        }
        const { copyLine, problems } = row.read(record.fields, record.line);
        if (problems === undefined) copyLines += copyLine;
        else badLines.add(record.line, problems);
      }
      if (copyLines !== '') yield copyLines;
    }
    if (reader.repeatedHeaders > 0) onRepeatedHeaders(reader.repeatedHeaders);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    badLines.addFileProblem(error.message);
  }
}

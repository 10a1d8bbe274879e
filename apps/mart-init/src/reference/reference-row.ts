import { REASONS, type Column, type ReasonCode, type TableContract } from '#schema/contract.js';
import { readerOf, trimAscii, type Read } from '#schema/values.js';

interface Field {
  readonly column: Column;
  /** Position in the file's lines. */
  readonly index: number;
  readonly read: Read;
}

/** What a line of a reference file is to the database: a line of PostgreSQL's COPY text format, or why it is not one. */
export type RowReading =
  | { readonly copyLine: string; readonly problems?: undefined }
  | { readonly copyLine?: undefined; readonly problems: string };

/** Reads the rows of one reference file by the contract, columns in whatever order its header has them. */
export class ReferenceRow {
  readonly #fields: Field[];

  /** @param header the file's column names; all of the table's columns must be among them. */
  constructor(table: TableContract, header: readonly string[]) {
    this.#fields = table.columns.map((column) => ({
      column,
      index: header.indexOf(column.name),
      read: readerOf(column),
    }));
  }

  /** @param line the row's line number, which becomes the first column. */
  read(fields: readonly string[], line: number): RowReading {
    let copyLine = String(line);
    let problems = '';
    for (const { column, index, read } of this.#fields) {
      const text = trimAscii(fields[index]!);
      if (text === '') {
        if (column.required) problems += describe(column.name, 'missing');
        copyLine += '\t\\N';
        continue;
      }
      const value = read(text);
      if (typeof value === 'string') copyLine += '\t' + escape(value);
      else problems += describe(column.name, value.reason);
    }
    return problems === '' ? { copyLine: copyLine + '\n' } : { problems: problems.slice('; '.length) };
  }
}

function describe(column: string, reason: ReasonCode): string {
  return `; ${column}: ${reason} (${REASONS[reason]})`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(value: string): string {
  return /[\\\n\r\t]/.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character]!) : value;
}

import { REASONS, type Column, type ReasonCode, type TableContract } from '#schema/contract.js';
import { copyLineOf, type CopyLine } from '#schema/copy-text.js';
import { normalizerOf, Rejection, Repaired, trimAscii, type Normalize } from '#schema/values.js';

interface Field {
  readonly column: Column;
  /** Index of the column in the file. */
  readonly index: number;
  readonly normalize: Normalize;
}

/** A row as a line of PostgreSQL's COPY text format, or the problems that prevent it. */
export type RowResult =
  | { readonly copyLine: string; readonly problems?: undefined }
  | { readonly copyLine?: undefined; readonly problems: string };

/** Cleans the rows of one reference file by the contract's rules. The file may have its columns in any order. */
export class ReferenceRow {
  private readonly fields: Field[];
  private readonly copyLine: CopyLine;

  /**
   * @param header the file's column names, including all columns of the table.
   * @param repairs counts the repaired values of good rows, by rule and column separated by a space
   */
  constructor(
    table: TableContract,
    header: readonly string[],
    private readonly repairs = new Map<string, number>(),
  ) {
    this.fields = table.columns.map((column) => ({
      column,
      index: header.indexOf(column.name),
      normalize: normalizerOf(column),
    }));
    this.copyLine = copyLineOf(table.columns);
  }

  /** @param line the row's line number; it becomes the first column. */
  read(fields: readonly string[], line: number): RowResult {
    const values: (string | null)[] = [];
    let problems = '';
    let repairs: string[] | undefined;
    for (const { column, index, normalize } of this.fields) {
      const text = trimAscii(fields[index]!);
      const normalized = text === '' ? null : normalize(text);
      if (normalized instanceof Rejection) {
        problems += describe(column.name, normalized.reason);
        continue;
      }
      const value = typeof normalized === 'string' ? normalized : (normalized?.value ?? null);
      if (value === null && column.required) problems += describe(column.name, 'missing');
      if (normalized instanceof Repaired) (repairs ??= []).push(`${normalized.repair} ${column.name}`);
      values.push(value);
    }
    if (problems !== '') return { problems: problems.slice('; '.length) };
    for (const each of repairs ?? []) this.repairs.set(each, (this.repairs.get(each) ?? 0) + 1);
    return { copyLine: `${line}\t${this.copyLine(values)}\n` };
  }
}

function describe(column: string, reason: ReasonCode): string {
  return `; ${column}: ${reason} (${REASONS[reason]})`;
}

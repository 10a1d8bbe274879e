import { csvField, quoteField } from '../csv.js';
import { COLUMNS, type ColumnName } from '../message.js';

const POSITION = new Map<string, number>(COLUMNS.map((name, position) => [name, position]));

export function positionOf(column: ColumnName): number {
  return POSITION.get(column)!;
}

/** A row of messages.csv whose values can be changed and written again. */
export class RawRow {
  readonly values: string[];
  private readonly quoted = new Set<number>();

  /** @param line a line of the generator: one field for each column, without quotes */
  constructor(line: string) {
    this.values = line.split(',');
  }

  get(column: ColumnName): string {
    return this.values[positionOf(column)]!;
  }

  set(column: ColumnName, value: string): void {
    this.values[positionOf(column)] = value;
  }

  /** Writes a field in quotes even if it needs none. */
  quote(column: ColumnName): void {
    this.quoted.add(positionOf(column));
  }

  /** The field as written in the file. */
  field(position: number): string {
    const value = this.values[position]!;
    return this.quoted.has(position) ? quoteField(value) : csvField(value);
  }

  toLine(): string {
    return this.values.map((_, position) => this.field(position)).join(',');
  }
}

import { contract, type Column, type ColumnName } from './contract.js';

const POSITION = new Map<string, number>(contract.columns.map(({ name }, position) => [name, position]));

/** Position of a column in a clean row's values. @throws Error if `messages` has no such column */
export function positionOf(column: string): number {
  const position = POSITION.get(column);
  if (position === undefined) throw new Error(`the contract has no column ${column}`);
  return position;
}

const FLAG_NAMES = new Set<string>(contract.flags.map(({ flag }) => flag));

/** Whether a column of `messages` can be null. Required columns cannot, nor can flags, which the cleaner fills in. */
export function isNullable({ name, required }: Pick<Column, 'name' | 'required'>): boolean {
  return !required && !FLAG_NAMES.has(name);
}

/** In the contract's order, which is the order of their bits in the ledger. */
export const NULLABLE_COLUMNS: readonly ColumnName[] = contract.columns.filter(isNullable).map(({ name }) => name);

/** The accepted values of a column of `messages`; empty if it accepts any. */
export function valuesOf(column: ColumnName): readonly string[] {
  const found = contract.columns.find(({ name }) => name === column);
  return found !== undefined && 'values' in found ? found.values : [];
}

import type { Client } from 'pg';
import { groupsBy, keyOf, type Cell } from './cell.js';
import { measuresOf, type Columns } from './columns.js';
import type { MartQuery } from './queries.js';

/** Rows of the mart, every value in PostgreSQL's text form. */
export interface QueryResult {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly columns: readonly string[];
  readonly seconds: number;
}

export interface Comparison {
  readonly rows: number;
  /** Number of compared values. */
  readonly values: number;
  /** Columns of the view that the cells do not determine. */
  readonly uncompared: readonly string[];
  /** For people; empty if all values are equal. */
  readonly differences: readonly string[];
}

export async function runQuery(client: Client, { sql }: MartQuery): Promise<QueryResult> {
  const began = performance.now();
  const { rows, fields } = await client.query<Record<string, string | null>>({
    text: sql,
    // Text keeps numbers beyond 2^53, trailing zeros and days unchanged.
    types: { getTypeParser: () => (text: string) => text },
  });
  const seconds = (performance.now() - began) / 1000;
  return { rows, columns: fields.map(({ name }) => name), seconds };
}

/** Compares a result with the rows expected from the cells: the same rows, and the same values in every known column. */
export function compare(query: MartQuery, result: QueryResult, cells: readonly Cell[]): Comparison {
  const expected = expectedRows(query, cells);
  const actual = new Map(result.rows.map((row) => [keyOf(query.by.map((name) => row[name])), row]));
  const known = new Set([...expected.values()].flatMap((row) => Object.keys(row)));
  const compared = result.columns.filter((name) => known.has(name));

  const differences: string[] = [];
  if (actual.size < result.rows.length)
    differences.push(`${result.rows.length - actual.size} rows have a duplicate key`);
  for (const [key, row] of expected) {
    const found = actual.get(key);
    if (!found) differences.push(`${key} is missing`);
    for (const name of found ? compared : []) {
      const [is, should] = [found![name], textOf(row[name])];
      if (is !== should) differences.push(`${key}: ${name} is ${is}, not ${should}`);
    }
  }
  for (const key of actual.keys()) if (!expected.has(key)) differences.push(`${key} is unexpected`);
  return {
    rows: expected.size,
    values: expected.size * compared.length,
    uncompared: result.columns.filter((name) => !known.has(name)),
    differences,
  };
}

function expectedRows({ by, filter = () => true, extra = () => ({}) }: MartQuery, all: readonly Cell[]) {
  const groups = groupsBy(all.filter(filter), by);
  return new Map(
    groups.map((group): [string, Columns] => {
      const { labels } = group[0]!;
      const key = Object.fromEntries(by.map((name) => [name, labels[name]]));
      const columns = { ...key, ...measuresOf(group), ...extra(group, all) };
      const known = Object.entries(columns).filter(([, value]) => value !== undefined);
      return [keyOf(by.map((name) => labels[name])), Object.fromEntries(known)];
    }),
  );
}

function textOf(value: Columns[string]): string | null | undefined {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return typeof value === 'number' ? String(value) : value;
}

import type { Client } from 'pg';
import { groupsBy, keyOf, type Cell } from './cell.js';
import { measuresOf, type Columns } from './columns.js';
import type { Question } from './questions.js';

/** What the mart says, every value as PostgreSQL's own text. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, string | null>>[];
  readonly columns: readonly string[];
  readonly seconds: number;
}

export interface Comparison {
  readonly rows: number;
  /** Values that were compared. */
  readonly figures: number;
  /** Columns of the view of which the cells say nothing. */
  readonly uncompared: readonly string[];
  /** For people; empty where both are the same. */
  readonly differences: readonly string[];
}

export async function ask(client: Client, { sql }: Question): Promise<Answer> {
  const began = performance.now();
  const { rows, fields } = await client.query<Record<string, string | null>>({
    text: sql,
    // Numbers beyond 2^53, trailing zeros and days stay what they are.
    types: { getTypeParser: () => (text: string) => text },
  });
  const seconds = (performance.now() - began) / 1000;
  return { rows, columns: fields.map(({ name }) => name), seconds };
}

/** Compares an answer with what cells make of the question: the same rows, and the same in every column they speak of. */
export function compare(question: Question, answer: Answer, cells: readonly Cell[]): Comparison {
  const expected = expectedRows(question, cells);
  const actual = new Map(answer.rows.map((row) => [keyOf(question.by.map((name) => row[name])), row]));
  const known = new Set([...expected.values()].flatMap((row) => Object.keys(row)));
  const compared = answer.columns.filter((name) => known.has(name));

  const differences: string[] = [];
  if (actual.size < answer.rows.length) differences.push(`${answer.rows.length - actual.size} rows have a key twice`);
  for (const [key, row] of expected) {
    const found = actual.get(key);
    if (!found) differences.push(`${key} is missing`);
    for (const name of found ? compared : []) {
      const [is, should] = [found![name], textOf(row[name])];
      if (is !== should) differences.push(`${key}: ${name} is ${is}, not ${should}`);
    }
  }
  for (const key of actual.keys()) if (!expected.has(key)) differences.push(`${key} should not be there`);
  return {
    rows: expected.size,
    figures: expected.size * compared.length,
    uncompared: answer.columns.filter((name) => !known.has(name)),
    differences,
  };
}

function expectedRows({ by, about = () => true, more = () => ({}) }: Question, all: readonly Cell[]) {
  const groups = groupsBy(all.filter(about), by);
  return new Map(
    groups.map((group): [string, Columns] => {
      const { labels } = group[0]!;
      const key = Object.fromEntries(by.map((name) => [name, labels[name]]));
      const columns = { ...key, ...measuresOf(group), ...more(group, all) };
      const known = Object.entries(columns).filter(([, value]) => value !== undefined);
      return [keyOf(by.map((name) => labels[name])), Object.fromEntries(known)];
    }),
  );
}

function textOf(value: Columns[string]): string | null | undefined {
  if (typeof value === 'boolean') return value ? 't' : 'f';
  return typeof value === 'number' ? String(value) : value;
}

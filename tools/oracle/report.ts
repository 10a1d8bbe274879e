import { grouped, table } from '#platform/terminal/screen.js';
import type { QueryResult, Comparison } from './query-result.js';
import { AGGREGATE_MEASURES, groupsBy, totalOf, type Cell, type Labels } from './cell.js';

/** A query's result, compared with the file and, if the file is complete, with the aggregate itself. */
export interface CheckedQuery {
  readonly name: string;
  readonly result: QueryResult;
  readonly comparisons: readonly Comparison[];
}

const SHOWN = 10;

/**
 * The totals of each measure, expected and actual.
 *
 * @param result of the view type_channel_rates
 */
export function totals(expected: readonly Cell[], result: QueryResult): string[] {
  const mart = result.rows.map((row): Cell => ({
    labels: row as unknown as Labels,
    counts: Object.fromEntries(AGGREGATE_MEASURES.map((name) => [name, Number(row[name])])),
  }));
  const both = (name: string, cellsOf: (cells: readonly Cell[]) => readonly Cell[]) =>
    [
      ['expected', expected],
      ['mart', mart],
    ].map(([from, cells], line) => {
      const counts = totalOf(cellsOf(cells as readonly Cell[]));
      return [
        line === 0 ? name : '',
        from as string,
        ...AGGREGATE_MEASURES.map((measure) => grouped(counts[measure] ?? 0)),
      ];
    });
  const each = (label: 'channel' | 'message_type') =>
    groupsBy(expected, [label]).flatMap(([first]) => {
      const value = first!.labels[label];
      return both(value, (cells) => cells.filter(({ labels }) => labels[label] === value));
    });
  return table([
    ['', '', ...AGGREGATE_MEASURES],
    ...both('all', (cells) => cells),
    ...each('channel'),
    ...each('message_type'),
  ]);
}

/** One line for each view, then the first differences. */
export function comparisonLines(checked: readonly CheckedQuery[]): string[] {
  const lines = checked.map(({ name, result, comparisons }) => [
    name,
    grouped(comparisons[0]!.rows),
    grouped(comparisons[0]!.values),
    grouped(Math.max(...comparisons.map(({ differences }) => differences.length))),
    result.seconds.toFixed(2),
  ]);
  const differences = checked.flatMap(({ name, comparisons }) =>
    comparisons.flatMap((comparison) => comparison.differences.map((line) => `  ${name}: ${line}`)),
  );
  return [...table([['', 'rows', 'values', 'different', 'seconds'], ...lines]), ...differences.slice(0, SHOWN)];
}

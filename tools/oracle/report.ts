import { grouped, table } from '../../dev/run/screen.js';
import type { Answer, Comparison } from './answers.js';
import { AGGREGATE_MEASURES, groupsBy, totalOf, type Cell, type Labels } from './cell.js';

/** A question's answer, compared with the file and, where the file is as large, with the aggregate itself. */
export interface Checked {
  readonly name: string;
  readonly answer: Answer;
  readonly comparisons: readonly Comparison[];
}

const SHOWN = 10;

/**
 * The figures people know, as they should be and as the mart has them.
 *
 * @param answer of the view type_channel_rates
 */
export function figures(expected: readonly Cell[], answer: Answer): string[] {
  const mart = answer.rows.map((row): Cell => ({
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

/** How each view compares, and the first differences. */
export function verdicts(checked: readonly Checked[]): string[] {
  const lines = checked.map(({ name, answer, comparisons }) => [
    name,
    grouped(comparisons[0]!.rows),
    grouped(comparisons[0]!.figures),
    grouped(Math.max(...comparisons.map(({ differences }) => differences.length))),
    answer.seconds.toFixed(2),
  ]);
  const differences = checked.flatMap(({ name, comparisons }) =>
    comparisons.flatMap((comparison) => comparison.differences.map((line) => `  ${name}: ${line}`)),
  );
  return [...table([['', 'rows', 'figures', 'different', 'seconds'], ...lines]), ...differences.slice(0, SHOWN)];
}

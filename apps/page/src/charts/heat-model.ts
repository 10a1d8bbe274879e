import type { Cell, ChartModel, ChartTable, TableColumn } from './chart-model.js';
import { INTERVAL, intervalText } from './line-model.js';
import { valueText, type Unit } from './units.js';

export interface HeatCell {
  /** Indexes into the names of rows and columns. */
  readonly row: number;
  readonly column: number;
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  /** Too few messages to say much: hatched, and not among the colours. */
  readonly isSmall?: boolean;
  readonly detail?: string;
}

export interface HeatSpec {
  readonly cells: readonly HeatCell[];
  readonly unit: Unit;
  /** Names of the rows, as in "Monday". */
  readonly rowNames: readonly string[];
  /** Shorter names for the picture. */
  readonly rowLabels?: readonly string[];
  readonly columnNames: readonly string[];
  readonly columnLabels?: readonly string[];
  /** Headings of the table: what rows and columns are. */
  readonly rowOf: string;
  readonly columnOf: string;
  readonly locale?: string;
}

export type CellAt = (row: number, column: number) => HeatCell | undefined;

export function cellsByPlace({ cells, columnNames }: HeatSpec): CellAt {
  const key = (row: number, column: number) => row * columnNames.length + column;
  const byKey = new Map(cells.map((cell) => [key(cell.row, cell.column), cell]));
  return (row, column) => byKey.get(key(row, column));
}

/** Least and greatest value of the cells with enough messages; null if there is none. */
export function heatRange(cells: readonly HeatCell[]): { readonly least: number; readonly most: number } | null {
  let [least, most] = [Infinity, -Infinity];
  for (const { value, isSmall = false } of cells) {
    if (value === null || isSmall) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > most ? null : { least, most };
}

const LIGHTEST = 8;
const DARKEST = 88;

/** One hue by lightness: how much of the colour, in per cent, is mixed with the ground. */
export function shade(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
  const part = most > least ? (value - least) / (most - least) : 0.5;
  return Math.round(LIGHTEST + (DARKEST - LIGHTEST) * Math.min(1, Math.max(0, part)));
}

export function shadeColor(percentage: number, color: string): string {
  return `color-mix(in oklab, ${color} ${percentage}%, var(--ground))`;
}

export function heatModel(spec: HeatSpec): ChartModel {
  const { unit, rowNames, columnNames, locale } = spec;
  const cellAt = cellsByPlace(spec);
  return {
    rows: rowNames.length,
    columns: columnNames.length,
    words({ row, column }) {
      if (spec.cells.length === 0) return null;
      const cell = cellAt(row, column);
      const head = `${rowNames[row]!} ${columnNames[column]!}`;
      if (cell === undefined) return { head, lines: ['no messages'] };
      const notes = [
        intervalText(cell, unit, INTERVAL, locale),
        cell.detail,
        cell.isSmall === true ? 'few messages' : undefined,
      ];
      return { head, lines: [valueText(cell.value, unit, locale), ...notes.filter((each) => each !== undefined)] };
    },
    table(): ChartTable {
      const withInterval = spec.cells.some(({ low }) => low !== undefined);
      const columns: TableColumn[] = [
        { name: spec.rowOf, unit: 'text' },
        { name: spec.columnOf, unit: 'text' },
        { name: 'value', unit },
        ...(withInterval
          ? [
              { name: `${INTERVAL} from`, unit },
              { name: 'to', unit },
            ]
          : []),
        { name: 'note', unit: 'text' },
      ];
      const rows = rowNames.flatMap((rowName, row) =>
        columnNames.flatMap((columnName, column): Cell[][] => {
          const cell = cellAt(row, column);
          if (cell === undefined) return [];
          const notes = [cell.detail, cell.isSmall === true ? 'few messages' : undefined];
          const interval = withInterval ? [cell.low ?? null, cell.high ?? null] : [];
          const note = notes.filter((each) => each !== undefined).join(', ') || null;
          return [[rowName, columnName, cell.value, ...interval, note]];
        }),
      );
      return { columns, rows };
    },
  };
}

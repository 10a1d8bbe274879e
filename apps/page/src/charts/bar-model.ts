import { day } from '../format/time.js';
import type { Cell, ChartModel, ChartTable, TableColumn } from './chart-model.js';
import { ARRIVING, timeOf, type NamedTime } from './line-model.js';
import { valueText, type Unit } from './units.js';

export interface Bar {
  /** A name, or a UTC day as YYYY-MM-DD. */
  readonly name: string;
  readonly value: number | null;
  /** A custom property such as `var(--email)`; without it the text's colour. */
  readonly color?: string;
  /** More words, such as "17.3 % of sent". */
  readonly detail?: string;
}

export interface BarSpec {
  readonly bars: readonly Bar[];
  readonly unit: Unit;
  readonly by: 'name' | 'day';
  /** What a bar is: the heading of the table's first column. */
  readonly of: string;
  readonly named?: readonly NamedTime[];
  readonly arrivingFrom?: string | number;
  readonly locale?: string;
}

/** Whether events of a bar's day are still arriving. */
export function isArriving({ by, arrivingFrom }: BarSpec, { name }: Bar): boolean {
  return by === 'day' && arrivingFrom !== undefined && timeOf(name) >= timeOf(arrivingFrom);
}

export function barModel(spec: BarSpec): ChartModel {
  const { bars, unit, by, locale } = spec;
  const names = new Map((spec.named ?? []).map(({ at, name }) => [timeOf(at), name]));
  const holiday = ({ name }: Bar) => (by === 'day' ? names.get(timeOf(name)) : undefined);
  const notes = (bar: Bar) =>
    [bar.detail, isArriving(spec, bar) ? ARRIVING : undefined, holiday(bar)].filter((note) => note !== undefined);
  return {
    rows: by === 'day' ? 1 : bars.length,
    columns: by === 'day' ? bars.length : 1,
    words({ row, column }) {
      const bar = bars[by === 'day' ? column : row];
      if (bar === undefined || (by === 'day' && bar.value === null)) return null;
      const head = by === 'day' ? day(bar.name, locale) : bar.name;
      return { head, lines: [valueText(bar.value, unit, locale), ...notes(bar)] };
    },
    table(): ChartTable {
      const withNotes = bars.some((bar) => notes(bar).length > 0);
      const columns: TableColumn[] = [
        { name: spec.of, unit: by === 'day' ? 'day' : 'text' },
        { name: 'value', unit },
      ];
      if (withNotes) columns.push({ name: 'note', unit: 'text' });
      const rows = bars.map((bar) => {
        const cells: Cell[] = [bar.name, bar.value];
        if (withNotes) cells.push(notes(bar).join(', ') || null);
        return cells;
      });
      return { columns, rows };
    },
  };
}

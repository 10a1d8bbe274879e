import type { Cell, ChartModel, ChartTable, TableColumn } from './chart-model.js';
import { domainOf, type Domain } from './domains.js';
import { INTERVAL, intervalText } from './line-model.js';
import { valueText, type Unit } from './units.js';

export interface Dot {
  readonly name: string;
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  /** A custom property such as `var(--email)`; without it the text's colour. */
  readonly color?: string;
  /** Too few messages to say much: hollow and grey. */
  readonly isSmall?: boolean;
  /** More words, such as "8 sent". */
  readonly detail?: string;
}

/** A line to compare with, such as the complaint level of a mailbox provider. */
export interface Reference {
  readonly value: number;
  readonly name: string;
}

export interface DotSpec {
  readonly dots: readonly Dot[];
  readonly unit: Unit;
  /** What a dot is: the heading of the table's first column. */
  readonly of: string;
  readonly references?: readonly Reference[];
  readonly intervalName?: string;
  /** The axis contains this value, so that charts side by side have the same. */
  readonly upTo?: number;
  readonly locale?: string;
}

/** Highest first; unknown values last. */
export function sortedDots(dots: readonly Dot[]): Dot[] {
  return dots.toSorted((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity) || 0);
}

/** An interval that is so much longer than the values are large would press them together. */
const LONGEST = 3;

/** All values, lines and intervals of enough messages. Longer intervals are cut, and arrows say so. */
export function dotDomain({ dots, references = [], upTo }: DotSpec, fromZero: boolean, tickCount: number): Domain {
  const values = [...dots, ...references].map(({ value }) => value);
  const most = Math.max(0, ...values.map((value) => Math.abs(value ?? 0))) * LONGEST || Infinity;
  const ends = dots.flatMap(({ low, high, isSmall = false }) => (isSmall ? [] : [low, high]));
  const within = ends.map((end) => (typeof end === 'number' ? Math.max(-most, Math.min(most, end)) : end));
  return domainOf([...values, ...within, upTo], { fromZero, tickCount });
}

export function dotModel(spec: DotSpec): ChartModel {
  const { dots, unit, locale, intervalName = INTERVAL } = spec;
  return {
    rows: dots.length,
    columns: 1,
    words({ row }) {
      const dot = dots[row];
      if (dot === undefined) return null;
      const notes = [
        intervalText(dot, unit, intervalName, locale),
        dot.detail,
        dot.isSmall === true ? 'few messages' : undefined,
      ];
      return {
        head: dot.name,
        lines: [valueText(dot.value, unit, locale), ...notes.filter((each) => each !== undefined)],
      };
    },
    table(): ChartTable {
      const withInterval = dots.some(({ low }) => low !== undefined);
      const withDetail = dots.some(({ detail, isSmall }) => detail !== undefined || isSmall === true);
      const columns: TableColumn[] = [
        { name: spec.of, unit: 'text' },
        { name: 'value', unit },
      ];
      if (withInterval) columns.push({ name: `${intervalName} from`, unit }, { name: 'to', unit });
      if (withDetail) columns.push({ name: 'note', unit: 'text' });
      const rows = dots.map(({ name, value, low = null, high = null, detail, isSmall }) => {
        const cells: Cell[] = [name, value];
        if (withInterval) cells.push(low, high);
        const notes = [detail, isSmall === true ? 'few messages' : undefined].filter((each) => each !== undefined);
        if (withDetail) cells.push(notes.join(', ') || null);
        return cells;
      });
      return { columns, rows };
    },
  };
}

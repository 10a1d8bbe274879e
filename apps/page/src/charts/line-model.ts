import { day, timeOfDay } from '../format/time.js';
import type { TimeZone } from '../settings/time-zone.js';
import type { Cell, ChartModel, ChartTable, TableColumn } from './chart-model.js';
import { domainOf, type Domain } from './domains.js';
import { tickText, valueText, type Unit } from './units.js';

export interface LinePoint {
  /** A UTC day as YYYY-MM-DD, or ms since the epoch. */
  readonly at: string | number;
  /** Null where nothing is known: a gap in the line. */
  readonly value: number | null;
  /** Ends of an interval, drawn as a band. */
  readonly low?: number | null;
  readonly high?: number | null;
  /** More words, such as "8 sent". */
  readonly detail?: string;
}

export interface LineSeries {
  /** Stands at the line's end; empty if there is only one series and the title names it. */
  readonly name: string;
  /** A custom property such as `var(--email)`; without it the text's colour. */
  readonly color?: string;
  /** For lines to compare with, such as the period before. */
  readonly isDashed?: boolean;
  readonly points: readonly LinePoint[];
}

export interface NamedTime {
  readonly at: string | number;
  readonly name: string;
}

export interface LineSpec {
  readonly series: readonly LineSeries[];
  readonly unit: Unit;
  /** Days are UTC; seconds follow the reader's zone. */
  readonly time: 'day' | 'second';
  readonly zone: TimeZone;
  /** Thin marks with names, such as holidays. */
  readonly named?: readonly NamedTime[];
  /** From here to the end events are still arriving. */
  readonly arrivingFrom?: string | number;
  /** Words of the interval; "95 % interval" by default. */
  readonly intervalName?: string;
  readonly locale?: string;
}

/** ms since the epoch. */
export function timeOf(at: string | number): number {
  return typeof at === 'number' ? at : Date.parse(at.length === 10 ? `${at}T00:00:00Z` : at);
}

export const INTERVAL = '95 % interval';
export const ARRIVING = 'still arriving';

/** All times of all series, ascending. */
export function timesOf(series: readonly LineSeries[]): number[] {
  const times = new Set<number>();
  for (const { points } of series) for (const { at } of points) times.add(timeOf(at));
  return [...times].sort((a, b) => a - b);
}

export type PointAt = (row: number, column: number) => LinePoint | undefined;

/** Finds the point of a series at one of the times. */
export function pointsByTime(series: readonly LineSeries[], times: readonly number[]): PointAt {
  const byTime = series.map(({ points }) => new Map(points.map((point) => [timeOf(point.at), point])));
  return (row, column) => byTime[row]?.get(times[column]!);
}

export function lineModel(spec: LineSpec): ChartModel {
  const { series, unit, locale } = spec;
  const times = timesOf(series);
  const pointAt = pointsByTime(series, times);
  const names = new Map((spec.named ?? []).map(({ at, name }) => [timeOf(at), name]));
  const arriving = spec.arrivingFrom === undefined ? Infinity : timeOf(spec.arrivingFrom);
  return {
    rows: series.length,
    columns: times.length,
    words({ row, column }) {
      const point = pointAt(row, column);
      if (point === undefined || point.value === null) return null;
      const at = times[column]!;
      const { name } = series[row]!;
      const value = valueText(point.value, unit, locale);
      const notes = [
        intervalText(point, unit, spec.intervalName, locale),
        point.detail,
        at >= arriving ? ARRIVING : undefined,
        names.get(at),
      ];
      const head = spec.time === 'day' ? day(isoDay(at), locale) : timeOfDay(at, spec.zone);
      return {
        head,
        lines: [name === '' ? value : `${name}: ${value}`, ...notes.filter((note) => note !== undefined)],
      };
    },
    table: () => tableOf(spec, times, pointAt, names, arriving),
  };
}

/** "95 % interval 17.1 % to 17.5 %". */
export function intervalText(
  { low, high }: { readonly low?: number | null; readonly high?: number | null },
  unit: Unit,
  name = INTERVAL,
  locale?: string,
): string | undefined {
  if (low === undefined || high === undefined || low === null || high === null) return undefined;
  return `${name} ${valueText(low, unit, locale)} to ${valueText(high, unit, locale)}`;
}

function tableOf(
  { series, unit, time, intervalName = INTERVAL }: LineSpec,
  times: readonly number[],
  pointAt: PointAt,
  names: ReadonlyMap<number, string>,
  arriving: number,
): ChartTable {
  const columns: TableColumn[] = [time === 'day' ? { name: 'day', unit: 'day' } : { name: 'time', unit: 'time' }];
  const has = (key: 'low' | 'detail') => series.map(({ points }) => points.some((point) => point[key] !== undefined));
  const withInterval = has('low');
  const withDetail = has('detail');
  const withNotes = names.size > 0 || arriving < Infinity;
  series.forEach(({ name }, row) => {
    const label = name === '' ? 'value' : name;
    columns.push({ name: label, unit });
    if (withInterval[row]) columns.push({ name: `${label}, ${intervalName} from`, unit }, { name: 'to', unit });
    if (withDetail[row]) columns.push({ name: `${label}, note`, unit: 'text' });
  });
  if (withNotes) columns.push({ name: 'note', unit: 'text' });
  const rows = times.map((at, column) => {
    const cells: Cell[] = [time === 'day' ? isoDay(at) : at];
    series.forEach((_, row) => {
      const point = pointAt(row, column);
      cells.push(point?.value ?? null);
      if (withInterval[row]) cells.push(point?.low ?? null, point?.high ?? null);
      if (withDetail[row]) cells.push(point?.detail ?? null);
    });
    const notes = [names.get(at), at >= arriving ? ARRIVING : undefined].filter((note) => note !== undefined);
    if (withNotes) cells.push(notes.join(', ') || null);
    return cells;
  });
  return { columns, rows };
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** Points without a neighbour: a line would not show them. */
export function alone(points: readonly LinePoint[]): LinePoint[] {
  const known = (index: number) => points[index] !== undefined && points[index].value !== null;
  return points.filter((_, index) => known(index) && !known(index - 1) && !known(index + 1));
}

/** Points with a gap wherever a day is missing between two of them. */
export function withGaps(points: readonly LinePoint[], time: LineSpec['time']): LinePoint[] {
  if (time === 'second') return [...points];
  const filled: LinePoint[] = [];
  for (const point of points) {
    const last = filled.at(-1);
    if (last !== undefined && timeOf(point.at) - timeOf(last.at) > 1.5 * 86_400_000) {
      filled.push({ at: timeOf(last.at) + 86_400_000, value: null });
    }
    filled.push(point);
  }
  return filled;
}

/** Axis of the values, with about as many numbers as fit into a height in px. */
export function lineDomain(series: readonly LineSeries[], fromZero: boolean, height: number): Domain {
  const values: (number | null | undefined)[] = [];
  for (const { points } of series) for (const { value, low, high } of points) values.push(value, low, high);
  return domainOf(values, { fromZero, tickCount: Math.max(2, Math.floor(height / 50)) });
}

/** Says where an axis begins that does not begin at 0. */
export function startNote(domain: Domain, unit: Unit, locale?: string): string | undefined {
  const { from } = domain;
  return from === 0 ? undefined : `The axis begins at ${tickText(domain, unit, locale)(from)}, not at 0.`;
}

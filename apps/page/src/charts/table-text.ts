import { day, dateTime } from '../format/time.js';
import { fullCount } from '../format/number.js';
import type { TimeZone } from '../settings/time-zone.js';
import type { Cell, ChartTable, TableColumn } from './chart-model.js';
import { valueText } from './units.js';

/** A cell as a person reads it. */
export function cellText(cell: Cell, { unit }: TableColumn, zone: TimeZone, locale?: string): string {
  if (cell === null || cell === '') return '—';
  if (typeof cell === 'string') return unit === 'day' ? day(cell, locale) : cell;
  if (unit === 'time') return dateTime(cell, zone);
  if (unit === 'text' || unit === 'day') return String(cell);
  return unit === 'count' ? fullCount(cell, locale) : valueText(cell, unit, locale);
}

/** RFC 4180, as the REST interface writes it: numbers with a point, dates as YYYY-MM-DD, missing values empty. */
export function csvOf(table: ChartTable): string {
  return separated(table, ',', (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text), '\r\n');
}

/** For the clipboard: spreadsheets split at tabs. */
export function tabbedOf(table: ChartTable): string {
  return separated(table, '\t', (text) => text.replace(/[\t\r\n]+/g, ' '), '\n');
}

function separated({ columns, rows }: ChartTable, by: string, quote: (text: string) => string, end: string): string {
  const line = (cells: readonly string[]) => cells.map(quote).join(by) + end;
  const raw = (cell: Cell, index: number) =>
    cell === null ? '' : columns[index]?.unit === 'time' ? new Date(cell).toISOString() : String(cell);
  return line(columns.map(({ name }) => name)) + rows.map((row) => line(row.map(raw))).join('');
}

/** A name for a file that every system takes. */
export function fileNameOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return `${plain.slice(0, 80) || 'chart'}.csv`;
}

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { inFormat } from '../api/api.js';
import { columnDefinition } from '../api/definitions.js';
import { gatewayUrl } from '../base.js';
import { count, decimal, fullCount, percent, points } from '../format/number.js';
import { dateTime, day } from '../format/time.js';
import { timeZone } from '../settings/time-zone.js';
import type { Row } from './explained.js';
import { FEW } from './few.js';
import { Figure } from './figure.js';
import { SqlButton } from './sql-button.js';
import { useSource } from './source.js';
import { useQuery } from './use-query.js';

export { FEW } from './few.js';

/** How a column is shown. `rate` is a share in per cent, `points` a difference of shares. */
export type ColumnFormat = 'text' | 'count' | 'rate' | 'points' | 'number' | 'day' | 'time';

export interface TableColumn<R extends object> {
  /** Column of the mart. */
  readonly name: keyof R & string;
  readonly label: string;
  readonly format: ColumnFormat;
  /** Own content of a cell, such as a link. The cell then does not explain itself. */
  readonly render?: (row: R) => ComponentChildren;
  /** More to say in the cell, after the value. */
  readonly note?: (row: R) => ComponentChildren;
  /** Whether rows can be sorted by it; only for tables with `sortable`. Default true. */
  readonly sortable?: boolean;
}

interface DataTableProps<R extends object> {
  /** What the table shows. */
  readonly caption: string;
  /** The first column names the row, and stays when there is little room. */
  readonly columns: readonly TableColumn<R>[];
  readonly rows: readonly R[];
  /** Identifies a row. */
  readonly rowKey: (row: R) => string;
  /** The order as in the REST parameter `sort`. Headers then become buttons that set `sort` in the page's address. */
  readonly sort?: string;
  /** Address of the next page; the table then has buttons for the pages. */
  readonly next?: string | null;
  readonly hideCaption?: boolean;
  /** Class of a row, for example to grey it out. */
  readonly rowClass?: (row: R) => string | undefined;
}

/**
 * A table of figures. Each figure explains itself; arrow keys move between figures. With little room, a row shows its first column
 * and the one sorted by, and the rest on request.
 */
export function DataTable<R extends object>(props: DataTableProps<R>) {
  const { caption, columns, rows, rowKey, sort, hideCaption, rowClass } = props;
  const source = useSource();
  const body = useRef<HTMLTableSectionElement>(null);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const sorted = sort?.replace(/^-/, '');
  // With little room, one more column than the first stays.
  const kept = columns.some(({ name }, index) => index > 0 && name === sorted) ? sorted : columns[1]?.name;

  const toggle = (key: string) => {
    const changed = new Set(opened);
    if (!changed.delete(key)) changed.add(key);
    setOpened(changed);
  };

  return (
    <div class="table-frame">
      <table class="table">
        <caption class={hideCaption ? 'visually-hidden' : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column, index) => (
              <Header key={column.name} {...{ column, index, sort }} isKept={index === 0 || column.name === kept} />
            ))}
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={(event) => moveFocus(event, body.current)}>
          {rows.map((row, rowIndex) => {
            const key = rowKey(row);
            const isOpen = opened.has(key);
            return (
              <tr key={key} class={rowClass?.(row)} data-key={key} data-open={isOpen || undefined}>
                {columns.map((column, index) => {
                  const isKept = index === 0 || column.name === kept;
                  const className = `${isNumeric(column) ? 'number' : ''} ${isKept ? '' : 'is-extra'}`;
                  const content = (
                    <Cell
                      {...{ column, row, name: key }}
                      tabIndex={rowIndex === 0 && index === firstFigure(columns) ? 0 : -1}
                    />
                  );
                  return index === 0 ? (
                    <th key={column.name} scope="row" class={className}>
                      {content}
                      <button type="button" class="more" aria-expanded={isOpen} onClick={() => toggle(key)}>
                        {isOpen ? 'less' : 'more'}
                        <span class="visually-hidden"> of this row</span>
                      </button>
                    </th>
                  ) : (
                    <td key={column.name} class={className} data-label={column.label}>
                      {content}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      <div class="table-foot">
        {props.next === undefined ? null : <Pages next={props.next} />}
        {source === null ? null : (
          <span class="table-links">
            {source.isPrivate ? null : (
              <a href={gatewayUrl(inFormat(source.address, 'csv'))} download="figures.csv">
                CSV
              </a>
            )}
            <SqlButton address={source.address} />
            {source.isPrivate ? null : (
              <a href={gatewayUrl(source.address)} target="_blank" rel="noreferrer">
                REST
              </a>
            )}
          </span>
        )}
      </div>
    </div>
  );
}

interface HeaderProps<R extends object> {
  readonly column: TableColumn<R>;
  readonly index: number;
  readonly sort: string | undefined;
  readonly isKept: boolean;
}

function Header<R extends object>({ column, sort, isKept }: HeaderProps<R>) {
  const { setQuery } = useQuery();
  const { name, label, sortable = true } = column;
  const className = `${isNumeric(column) ? 'number' : ''} ${isKept ? '' : 'is-extra'}`;
  if (sort === undefined || !sortable) {
    return (
      <th scope="col" class={className}>
        {label}
      </th>
    );
  }
  const isAscending = sort === name;
  const isSorted = isAscending || sort === `-${name}`;
  // Figures are first sorted with the greatest on top, names from A to Z.
  const nextSort = isSorted ? (isAscending ? `-${name}` : name) : isNumeric(column) ? `-${name}` : name;
  return (
    <th scope="col" class={className} aria-sort={isSorted ? (isAscending ? 'ascending' : 'descending') : undefined}>
      <button type="button" class="sort" onClick={() => setQuery({ sort: nextSort })}>
        {label}
        <span aria-hidden="true">{isSorted ? (isAscending ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  );
}

interface CellProps<R extends object> {
  readonly column: TableColumn<R>;
  readonly row: R;
  readonly name: string;
  readonly tabIndex: number;
}

function Cell<R extends object>({ column, row, name, tabIndex }: CellProps<R>) {
  const value = row[column.name] as string | number | boolean | null | undefined;
  if (column.render !== undefined) return <>{column.render(row)}</>;
  const text = formatCell(column.format, value);
  if (column.format === 'text' || column.format === 'day' || column.format === 'time') {
    return (
      <>
        <bdi data-column={column.name} data-value={value ?? ''}>
          {text}
        </bdi>
        {column.note?.(row)}
      </>
    );
  }
  return (
    <>
      <Figure {...{ label: column.label, column: column.name, text, value, row: row as Row, name, tabIndex }}>
        {column.format === 'rate' ? <Rate column={column.name} row={row as Row} text={text} /> : text}
      </Figure>
      {column.note?.(row)}
    </>
  );
}

/** A rate of few messages is grey, with their number and the interval on the spot. */
function Rate({ column, row, text }: { readonly column: string; readonly row: Row; readonly text: string }) {
  const source = useSource();
  const rate = source === null ? null : columnDefinition(source.path, column)?.rate;
  const whole = rate ? row[rate.denominator] : undefined;
  if (typeof whole !== 'number' || whole >= FEW) return <>{text}</>;
  const [low, high] = [row[`${column}_low`], row[`${column}_high`]];
  return (
    <span class="few">
      {text}
      <small>
        {count(whole)} {rate?.denominator === 'whole' ? 'messages' : rate?.denominator}
        {typeof low === 'number' && typeof high === 'number' ? `, ${percent(low)} to ${percent(high)}` : ''}
      </small>
    </span>
  );
}

export function formatCell(format: ColumnFormat, value: string | number | boolean | null | undefined): string {
  if (value === null || value === undefined) return '—';
  switch (format) {
    case 'text':
      return String(value);
    case 'count':
      return Math.abs(Number(value)) < 10_000_000 ? fullCount(Number(value)) : count(Number(value));
    case 'rate':
      return percent(Number(value));
    case 'points':
      return points(Number(value));
    case 'number':
      return decimal(Number(value));
    case 'day':
      return day(String(value));
    case 'time':
      return dateTime(String(value), timeZone.value);
  }
}

/** Pages by cursor: the next one by the answer, earlier ones by the browser's history. */
function Pages({ next }: { readonly next: string | null }) {
  const { query, setQuery } = useQuery();
  const cursor = next === null ? null : new URLSearchParams(next.slice(next.indexOf('?'))).get('cursor');
  const isFirst = query.cursor === undefined;
  if (isFirst && cursor === null) return null;
  return (
    <span class="pages">
      <button type="button" class="button" disabled={isFirst} onClick={() => setQuery({ cursor: undefined })}>
        First page
      </button>
      <button type="button" class="button" disabled={isFirst} onClick={() => history.back()}>
        Previous page
      </button>
      <button
        type="button"
        class="button"
        disabled={cursor === null}
        onClick={() => setQuery({ cursor: cursor ?? undefined })}
      >
        Next page
      </button>
    </span>
  );
}

function isNumeric<R extends object>({ format }: TableColumn<R>): boolean {
  return format === 'count' || format === 'rate' || format === 'points' || format === 'number';
}

function firstFigure<R extends object>(columns: readonly TableColumn<R>[]): number {
  return columns.findIndex((column) => isNumeric(column) && column.render === undefined);
}

const MOVES: Readonly<Record<string, readonly [down: number, right: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** The figures of a table are one tab stop; arrow keys, Home and End move between them. */
function moveFocus(event: KeyboardEvent, body: HTMLElement | null): void {
  const from = (event.target as Element).closest<HTMLElement>('.figure');
  if (from === null || body === null) return;
  const row = from.closest('tr');
  const inRow = [...(row?.querySelectorAll<HTMLElement>('.figure') ?? [])].filter((each) => each.offsetParent !== null);
  const index = inRow.indexOf(from);
  let target: HTMLElement | undefined;
  const move = MOVES[event.key];
  if (move !== undefined) {
    const [down, right] = move;
    if (right !== 0) target = inRow[index + right];
    else {
      const rows = [...body.querySelectorAll('tr')];
      const other = rows[rows.indexOf(row as HTMLTableRowElement) + down];
      target = other?.querySelector<HTMLElement>(`.figure[data-column="${from.dataset.column}"]`) ?? undefined;
    }
  } else if (event.key === 'Home') target = inRow[0];
  else if (event.key === 'End') target = inRow.at(-1);
  else return;
  event.preventDefault();
  if (target === undefined) return;
  for (const each of body.querySelectorAll<HTMLElement>('.figure[tabindex="0"]')) each.tabIndex = -1;
  target.tabIndex = 0;
  target.focus();
}

import type { Column, ColumnType, ParameterValues, Resource } from '../resources/resource.js';
import { identifier } from './identifier.js';

/** One term of ORDER BY. */
export interface OrderTerm {
  readonly column: string;
  /** SQL expression to sort by. */
  readonly sql: string;
  readonly type: ColumnType;
  readonly descending: boolean;
  readonly nullable: boolean;
}

/**
 * The order of a resource's rows: the requested or default column, then the key, which makes the order total.
 *
 * @param sort a sortable column; a leading minus means descending
 */
export function orderOf(resource: Resource, parameterValues: ParameterValues, sort?: string): readonly OrderTerm[] {
  const wanted = sort === undefined ? resource.order(parameterValues) : [sort];
  const terms = wanted.map((each) => termOf(resource, each.replace(/^-/, ''), each.startsWith('-')));
  for (const column of resource.key) {
    if (!terms.some((term) => term.column === column)) terms.push(termOf(resource, column, false));
  }
  return terms;
}

/** The order as text, as in `sort`. A cursor is valid for one such text. */
export function orderText(order: readonly OrderTerm[]): string {
  return order.map(({ column, descending }) => `${descending ? '-' : ''}${column}`).join(',');
}

function termOf(resource: Resource, column: string, descending: boolean): OrderTerm {
  const { type: ownType, nullable } = findColumn(resource, column);
  const { sql, type } = resource.sortedBy[column] ?? { sql: identifier(column), type: ownType };
  return { column, sql, type: type === 'id' || type === 'campaign_id' ? 'bigint' : type, descending, nullable };
}

/** @throws Error if the resource has no such column */
function findColumn({ path, columns }: Resource, name: string): Column {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`${path} has no column ${name}`);
  return column;
}

import type { Column, ColumnType, Given, Resource } from '../resources/resource.js';

/** One step of an order. */
export interface OrderTerm {
  readonly column: string;
  /** Expression to sort by. */
  readonly sql: string;
  readonly type: ColumnType;
  readonly descending: boolean;
  readonly nullable: boolean;
}

/**
 * The order of a resource's rows: by the column asked for or by default, then by the key, so that no two rows are equal.
 *
 * @param sort a sortable column, a minus before it for descending
 */
export function orderOf(resource: Resource, given: Given, sort?: string): readonly OrderTerm[] {
  const wanted = sort === undefined ? resource.order(given) : [sort];
  const terms = wanted.map((each) => termOf(resource, each.replace(/^-/, ''), each.startsWith('-')));
  for (const column of resource.key) {
    if (!terms.some((term) => term.column === column)) terms.push(termOf(resource, column, false));
  }
  return terms;
}

/** As `sort` would write it; a cursor belongs to one such text. */
export function orderText(order: readonly OrderTerm[]): string {
  return order.map(({ column, descending }) => `${descending ? '-' : ''}${column}`).join(',');
}

function termOf(resource: Resource, column: string, descending: boolean): OrderTerm {
  const { type: ownType, nullable } = columnOf(resource, column);
  const { sql, type } = resource.sortedBy[column] ?? { sql: `"${column}"`, type: ownType };
  return { column, sql, type: type === 'id' ? 'bigint' : type, descending, nullable };
}

/** @throws Error where the definition of the resource names a column that it does not have */
function columnOf({ path, columns }: Resource, name: string): Column {
  const column = columns.find((each) => each.name === name);
  if (column === undefined) throw new Error(`${path} has no column ${name}`);
  return column;
}

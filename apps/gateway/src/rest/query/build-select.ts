import type { Condition, ParameterValues, Parameter, Resource } from '../resources/resource.js';
import type { Position } from './cursor.js';
import { identifier } from './identifier.js';
import type { OrderTerm } from './order.js';
import type { ResourceQuery } from './resource-query.js';

export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** Turns a value into SQL. */
export type WriteValue = (value: string, sqlType: string) => string;

/** The clauses of a SELECT. */
export interface SelectClauses {
  readonly columns: readonly string[];
  readonly from: string;
  /** Joined by AND. */
  readonly conditions: readonly string[];
  readonly orderBy: readonly string[];
}

/** The clauses for a page of a resource. The gateway's query and the SQL that it shows are both built from them. */
export function selectClauses(
  { resource, parameterValues, columns, order, after }: ResourceQuery,
  write: WriteValue,
): SelectClauses {
  const conditions = conditionsOf(resource, parameterValues, write);
  if (after !== undefined) conditions.push(afterPosition(order, after, write));
  return {
    columns: columns.map(({ name }) => identifier(name)),
    from: `${fromOf(resource, parameterValues, write)} AS resource`,
    conditions,
    orderBy: order.map(orderBy),
  };
}

/**
 * The SQL for a page plus one row, which tells whether another page follows. Each row has the query's columns, then its values
 * of the sort terms. Values are bound, each with a cast; everything else is built from the definitions.
 */
export function buildSelect(query: ResourceQuery): Statement {
  const { resource, order, limit } = query;
  const values: string[] = [];
  const bind: WriteValue = (value, sqlType) => `$${values.push(value)}::${sqlType}`;
  const { columns, from, conditions, orderBy } = selectClauses(query, bind);
  const text = [
    `SELECT ${[...columns, ...order.map(({ sql }) => sql)].join(', ')}`,
    `FROM ${from}`,
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    `ORDER BY ${orderBy.join(', ')}`,
    `LIMIT ${bind(String(resource.kind === 'item' ? 1 : limit + 1), 'integer')}`,
  ];
  return { text: text.filter(Boolean).join(' '), values };
}

/** NULLS LAST only for nullable columns: with it, PostgreSQL cannot use a descending scan of an ordinary index. */
function orderBy({ sql, descending, nullable }: OrderTerm): string {
  return `${sql} ${descending ? 'DESC' : 'ASC'}${nullable ? ' NULLS LAST' : ''}`;
}

function fromOf({ from, parameters }: Resource, parameterValues: ParameterValues, write: WriteValue): string {
  if ('relation' in from) return from.relation;
  const passed = parameters.flatMap(({ name, kind, use }) => {
    const value = parameterValues[name];
    return value === undefined || 'where' in use ? [] : [`${use.argument} => ${write(value, kind.sqlType)}`];
  });
  return `${from.function}(${passed.join(', ')})`;
}

function conditionsOf({ parameters }: Resource, parameterValues: ParameterValues, write: WriteValue): string[] {
  return parameters.flatMap((parameter) => {
    const condition =
      'where' in parameter.use ? conditionOf(parameter, parameter.use, parameterValues, write) : undefined;
    return condition === undefined ? [] : [condition];
  });
}

function conditionOf(
  { name, kind }: Parameter,
  { where, whereEmpty, whereAbsent }: Condition,
  parameterValues: ParameterValues,
  write: WriteValue,
): string | undefined {
  const value = parameterValues[name];
  if (value === undefined) return whereAbsent;
  return value === '' && whereEmpty !== undefined ? whereEmpty : where(write(value, kind.sqlType));
}

/**
 * Rows after a position: equal in the first terms and after it in the next one. Nulls sort last in both directions, so no value
 * follows null. A row comparison such as (a, b) > (x, y) supports neither that nor mixed directions.
 */
function afterPosition(order: readonly OrderTerm[], after: Position, write: WriteValue): string {
  const placeholders = order.map(({ type }, i) => {
    const value = after[i] ?? null;
    return value === null ? undefined : write(value, type);
  });
  const alternatives = order.flatMap(({ sql, descending }, i) => {
    const placeholder = placeholders[i];
    if (placeholder === undefined) return [];
    const same = order
      .slice(0, i)
      .map((term, j) => (placeholders[j] ? `${term.sql} = ${placeholders[j]}` : `${term.sql} IS NULL`));
    return [[...same, `(${sql} ${descending ? '<' : '>'} ${placeholder} OR ${sql} IS NULL)`].join(' AND ')];
  });
  return alternatives.length > 0 ? `(${alternatives.join(' OR ')})` : 'false';
}

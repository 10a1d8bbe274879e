import type { Condition, ParameterValues, Parameter, Resource } from '../resources/resource.js';
import type { Position } from './cursor.js';
import type { OrderTerm } from './order.js';
import type { ResourceQuery } from './resource-query.js';

export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/**
 * The SQL for a page plus one row, which tells whether another page follows. Each row has the resource's columns, then its values
 * of the sort terms. Values are bound, each with a cast; everything else is built from the definitions.
 */
export function buildSelect({ resource, parameterValues, order, limit, after }: ResourceQuery): Statement {
  const values = new BoundValues();
  const columns = resource.columns.map(({ name }) => `"${name}"`);
  const conditions = conditionsOf(resource, parameterValues, values);
  if (after !== undefined) conditions.push(afterPosition(order, after, values));
  const text = [
    `SELECT ${[...columns, ...order.map(({ sql }) => sql)].join(', ')}`,
    `FROM ${fromOf(resource, parameterValues, values)} AS resource`,
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    `ORDER BY ${order.map(orderBy).join(', ')}`,
    `LIMIT ${values.bind(String(resource.kind === 'item' ? 1 : limit + 1), 'integer')}`,
  ];
  return { text: text.filter(Boolean).join(' '), values: values.bound };
}

/** NULLS LAST only for nullable columns: with it, PostgreSQL cannot use a descending scan of an ordinary index. */
function orderBy({ sql, descending, nullable }: OrderTerm): string {
  return `${sql} ${descending ? 'DESC' : 'ASC'}${nullable ? ' NULLS LAST' : ''}`;
}

/** Bound values, in the order of their placeholders. */
class BoundValues {
  readonly bound: string[] = [];

  bind(value: string, sqlType: string): string {
    this.bound.push(value);
    return `$${this.bound.length}::${sqlType}`;
  }
}

function fromOf({ from, parameters }: Resource, parameterValues: ParameterValues, values: BoundValues): string {
  if ('relation' in from) return from.relation;
  const passed = parameters.flatMap(({ name, kind, use }) => {
    const value = parameterValues[name];
    return value === undefined || 'where' in use ? [] : [`${use.argument} => ${values.bind(value, kind.sqlType)}`];
  });
  return `${from.function}(${passed.join(', ')})`;
}

function conditionsOf({ parameters }: Resource, parameterValues: ParameterValues, values: BoundValues): string[] {
  return parameters.flatMap((parameter) => {
    const condition =
      'where' in parameter.use ? conditionOf(parameter, parameter.use, parameterValues, values) : undefined;
    return condition === undefined ? [] : [condition];
  });
}

function conditionOf(
  { name, kind }: Parameter,
  { where, whereEmpty, whereAbsent }: Condition,
  parameterValues: ParameterValues,
  values: BoundValues,
): string | undefined {
  const value = parameterValues[name];
  if (value === undefined) return whereAbsent;
  return value === '' && whereEmpty !== undefined ? whereEmpty : where(values.bind(value, kind.sqlType));
}

/**
 * Rows after a position: equal in the first terms and after it in the next one. Nulls sort last in both directions, so no value
 * follows null. A row comparison such as (a, b) > (x, y) supports neither that nor mixed directions.
 */
function afterPosition(order: readonly OrderTerm[], after: Position, values: BoundValues): string {
  const placeholders = order.map(({ type }, i) => {
    const value = after[i] ?? null;
    return value === null ? undefined : values.bind(value, type);
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

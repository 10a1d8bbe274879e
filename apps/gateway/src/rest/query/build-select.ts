import type { Condition, Given, Parameter, Resource } from '../resources/resource.js';
import type { Position } from './cursor.js';
import type { OrderTerm } from './order.js';
import type { ResourceQuery } from './resource-query.js';

export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/**
 * The SQL of a page and one row more, by which is seen whether a page follows. Of each row first the resource's columns,
 * then its values in the terms of the order. Values are bound, each with a cast; all else comes from the definitions.
 */
export function buildSelect({ resource, given, order, limit, after }: ResourceQuery): Statement {
  const values = new Values();
  const columns = resource.columns.map(({ name }) => `"${name}"`);
  const conditions = conditionsOf(resource, given, values);
  if (after !== undefined) conditions.push(behind(order, after, values));
  const text = [
    `SELECT ${[...columns, ...order.map(({ sql }) => sql)].join(', ')}`,
    `FROM ${fromOf(resource, given, values)} AS resource`,
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    `ORDER BY ${order.map(step).join(', ')}`,
    `LIMIT ${values.bind(String(resource.kind === 'item' ? 1 : limit + 1), 'integer')}`,
  ];
  return { text: text.filter(Boolean).join(' '), values: values.bound };
}

/** An index gives no other place to nulls than its own, so where there are none it must not be asked to. */
function step({ sql, descending, nullable }: OrderTerm): string {
  return `${sql} ${descending ? 'DESC' : 'ASC'}${nullable ? ' NULLS LAST' : ''}`;
}

/** Values in the order of their placeholders. */
class Values {
  readonly bound: string[] = [];

  bind(value: string, sqlType: string): string {
    this.bound.push(value);
    return `$${this.bound.length}::${sqlType}`;
  }
}

function fromOf({ from, parameters }: Resource, given: Given, values: Values): string {
  if ('relation' in from) return from.relation;
  const passed = parameters.flatMap(({ name, kind, use }) => {
    const value = given[name];
    return value === undefined || 'where' in use ? [] : [`${use.argument} => ${values.bind(value, kind.sqlType)}`];
  });
  return `${from.function}(${passed.join(', ')})`;
}

function conditionsOf({ parameters }: Resource, given: Given, values: Values): string[] {
  return parameters.flatMap((parameter) => {
    const condition = 'where' in parameter.use ? conditionOf(parameter, parameter.use, given, values) : undefined;
    return condition === undefined ? [] : [condition];
  });
}

function conditionOf(
  { name, kind }: Parameter,
  { where, whereEmpty, whereAbsent }: Condition,
  given: Given,
  values: Values,
): string | undefined {
  const value = given[name];
  if (value === undefined) return whereAbsent;
  return value === '' && whereEmpty !== undefined ? whereEmpty : where(values.bind(value, kind.sqlType));
}

/**
 * Rows behind a position: equal in the first terms and behind in the next one. Rows without a value are last whichever way
 * a term goes, so nothing is behind null in its own term. A row comparison can say neither this nor mixed directions.
 */
function behind(order: readonly OrderTerm[], after: Position, values: Values): string {
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

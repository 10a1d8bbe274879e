import { literal } from '#schema/mart/sql-literal.js';
import type { Resource } from '../resources/resource.js';
import { selectClauses, type WriteValue } from './build-select.js';
import type { ResourceQuery } from './resource-query.js';

const WIDTH = 100;

/**
 * The SQL that gives the rows of this page, for people and their tools: the statement of buildSelect with the values in it, without
 * the row and the columns that only the gateway needs. Ends with a newline.
 */
export function writeSql(query: ResourceQuery): string {
  const { resource, parameterValues, limit, address } = query;
  const { columns, from, conditions, orderBy } = selectClauses(query, valueAsSql);
  const comments = [
    `${resource.summary}: the rows of GET ${address.replace(/[?&]format=sql$/, '')}`,
    ...(query.after === undefined ? [] : ['A later page: the last condition continues after the page before.']),
    ...(resource.sqlRole === null ? [] : [`Shows original bytes: run it as a member of ${resource.sqlRole}.`]),
    ...(resource.isSlow(parameterValues) ? ['Reads the rows of messages, which takes seconds on a large mart.'] : []),
  ];
  const lines = [
    ...comments.map((comment) => `-- ${comment}`),
    'SELECT',
    ...wrapped(columns),
    `FROM ${isSubquery(resource) ? indented(from) : from}`,
    ...conditions.map((condition, i) => `${i === 0 ? 'WHERE' : '  AND'} ${condition}`),
    `ORDER BY ${orderBy.join(', ')}`,
    `LIMIT ${resource.kind === 'item' ? 1 : limit};`,
    '',
  ];
  return lines.join('\n');
}

const NUMBERS = ['smallint', 'integer', 'bigint', 'numeric'];

/** A number or a text as it is, everything else with a cast. A minus keeps the cast: PostgreSQL reads -9223372036854775808 as numeric. */
const valueAsSql: WriteValue = (value, sqlType) => {
  if (sqlType === 'text') return literal(value);
  if (sqlType === 'boolean') return value.startsWith('t') ? 'true' : 'false';
  return NUMBERS.includes(sqlType) && /^\d+(\.\d+)?$/.test(value) ? value : `${literal(value)}::${sqlType}`;
};

/** Terms of a list, in lines of limited width. */
function wrapped(terms: readonly string[], indent = '  '): string[] {
  const lines: string[] = [];
  for (const term of terms) {
    const last = lines.at(-1);
    if (last === undefined || last.length + term.length + 2 > WIDTH) lines.push(indent + term);
    else lines[lines.length - 1] = `${last}, ${term}`;
  }
  return lines.map((line, i) => (i < lines.length - 1 ? `${line},` : line));
}

function isSubquery({ from }: Resource): boolean {
  return 'relation' in from && from.relation.startsWith('(');
}

/** No value is inside a subquery, so that its line breaks and commas are all of the definition. */
function indented(subquery: string): string {
  const lines = subquery.split(/\n\s*/).flatMap((line, i) => {
    const indent = i === 0 ? '' : '  ';
    return line.length > WIDTH ? wrapped(line.split(', '), indent) : [indent + line];
  });
  return lines.join('\n').replace(/\n\s*\)/, '\n)');
}

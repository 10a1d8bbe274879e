import { integer, listOf, oneOf, type ValueKind } from './value-kind.js';
import { CURSOR_PATTERN } from '../query/cursor.js';
import type { Parameter, Resource } from '../resources/resource.js';

export const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;
export const FORMATS = ['json', 'csv', 'sql'] as const;

/** The formats of a resource. Items are not available as CSV, because they contain nested values. */
export function formatsOf({ kind }: Pick<Resource, 'kind'>): readonly (typeof FORMATS)[number][] {
  return kind === 'item' ? FORMATS.filter((format) => format !== 'csv') : FORMATS;
}

/** Longer than any cursor that the API generates. */
const MAX_CURSOR_LENGTH = 6000;

const CURSOR: ValueKind = {
  sqlType: 'text',
  accepted: 'the cursor from `next` of the previous page',
  accepts: (text) => text.length <= MAX_CURSOR_LENGTH && new RegExp(CURSOR_PATTERN).test(text),
  schema: { type: 'string', maxLength: MAX_CURSOR_LENGTH, pattern: CURSOR_PATTERN },
};

export type QueryParameter = Pick<Parameter, 'name' | 'in' | 'kind' | 'description' | 'example' | 'required'>;

/** All parameters of a resource: its own, those of lists, and the format. */
export function parametersOf(resource: Resource): readonly QueryParameter[] {
  return [
    ...resource.parameters,
    ...(resource.kind === 'item' ? [] : listParameters(resource)),
    {
      ...{ name: 'format', in: 'query', kind: oneOf(formatsOf(resource)) },
      description: 'Response format; overrides the header Accept. sql is the SQL that gives these rows',
    },
  ];
}

function listParameters({ sortable, columns }: Resource): readonly QueryParameter[] {
  const sorts = sortable.flatMap((column) => [column, `-${column}`]);
  return [
    {
      ...{ name: 'sort', in: 'query' },
      kind: {
        ...oneOf(sorts),
        accepted: `a column or, for descending order, -column; columns are ${sortable.join(', ')}`,
      },
      description: 'Column to sort by; a leading minus means descending. Rows without a value come last',
    },
    {
      ...{ name: 'limit', in: 'query', kind: integer(1, MAX_LIMIT), example: '20' },
      description: `Maximum number of rows per page; default ${DEFAULT_LIMIT}`,
    },
    {
      name: 'cursor',
      in: 'query',
      kind: CURSOR,
      description: 'Start of the page, from `next` of the previous page',
    },
    {
      ...{ name: 'columns', in: 'query', kind: listOf(columns.map(({ name }) => name)), example: columns[0]!.name },
      description:
        'Columns of the answer, in this order, separated by commas; default: all. They change neither rows nor pages',
    },
  ];
}

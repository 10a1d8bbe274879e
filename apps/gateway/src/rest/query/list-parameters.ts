import { integer, oneOf, type ValueKind } from '../parameters/value-kind.js';
import type { Parameter, Resource } from '../resources/resource.js';

export const DEFAULT_LIMIT = 100;
export const MAX_LIMIT = 1000;
export const FORMATS = ['json', 'csv'] as const;

/** Above what the longest values of any order make. */
const MAX_CURSOR_LENGTH = 6000;

const CURSOR: ValueKind = {
  sqlType: 'text',
  accepted: 'the cursor of a page, from `next` of the one before',
  accepts: (text) => text.length <= MAX_CURSOR_LENGTH && /^[\w-]+$/.test(text),
  schema: { type: 'string', maxLength: MAX_CURSOR_LENGTH, pattern: '^[\\w-]+$' },
};

export type QueryParameter = Pick<Parameter, 'name' | 'in' | 'kind' | 'description' | 'example'>;

/** Every parameter that a resource takes: its own, and those of every list. */
export function parametersOf(resource: Resource): readonly QueryParameter[] {
  return resource.kind === 'item' ? resource.parameters : [...resource.parameters, ...listParameters(resource)];
}

function listParameters({ sortable }: Resource): readonly QueryParameter[] {
  const sorts = sortable.flatMap((column) => [column, `-${column}`]);
  return [
    {
      ...{ name: 'sort', in: 'query' },
      kind: { ...oneOf(sorts), accepted: `a column, or -column for descending, of ${sortable.join(', ')}` },
      description: 'Column to sort by, a minus before it for descending; rows without a value come last',
    },
    {
      ...{ name: 'limit', in: 'query', kind: integer(1, MAX_LIMIT), example: '20' },
      description: `Most rows of a page, ${DEFAULT_LIMIT} unless given`,
    },
    {
      name: 'cursor',
      in: 'query',
      kind: CURSOR,
      description: 'Where the page begins; `next` of the page before has it',
    },
    {
      ...{ name: 'format', in: 'query', kind: oneOf(FORMATS) },
      description: 'Format of the answer, in place of the header Accept',
    },
  ];
}

import { z } from 'zod';
import { API_ROOT } from '../access/api-paths.js';
import type { ValueKind } from '../parameters/value-kind.js';
import { Problem } from '../../problems/problem.js';
import type { ParameterProblem } from '../../problems/problems.js';
import type { Column, ParameterValues, Resource } from '../resources/resource.js';
import { decodeCursor } from './cursor.js';
import { DEFAULT_LIMIT, parametersOf } from '../parameters/list-parameters.js';
import { orderOf } from './order.js';
import type { Format, ResourceQuery } from './resource-query.js';

/**
 * Validates the parameters of a request.
 *
 * @param path decoded path parameters
 * @throws Problem invalid-parameter, which lists every error, unknown and repeated parameters included
 */
export function readQuery(
  resource: Resource,
  path: Readonly<Record<string, string>>,
  search: URLSearchParams,
): ResourceQuery {
  const checked = checkerOf(resource).safeParse({ ...valuesOf(search), ...path });
  const errors = [...unknownOf(resource, search), ...(checked.error?.issues ?? []).map(explain)];
  if (!checked.success || errors.length > 0) throw invalid(errors);

  const { limit, sort, cursor, columns, format, ...own } = checked.data;
  const parameterValues = Object.fromEntries(
    Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const order = orderOf(resource, parameterValues, sort);
  const after = cursor === undefined ? undefined : decodeCursor(order, cursor);
  if (
    parameterValues.from !== undefined &&
    parameterValues.to !== undefined &&
    parameterValues.from > parameterValues.to
  ) {
    errors.push({ parameter: 'from', detail: `must not be after "to", which is ${parameterValues.to}` });
  }
  errors.push(...choiceErrors(resource, parameterValues));
  if (cursor !== undefined && after === undefined) {
    errors.push({
      parameter: 'cursor',
      detail: 'does not belong to this list and sort; use `next` of the previous page',
    });
  }
  if (errors.length > 0) throw invalid(errors);

  const address = addressOf(resource, { ...parameterValues, sort, limit, columns, format });
  return {
    resource,
    parameterValues,
    columns: selected(resource, columns),
    order,
    limit: Number(limit ?? DEFAULT_LIMIT),
    after,
    format: format as Format,
    address,
  };
}

function selected({ columns }: Resource, names: string | undefined): readonly Column[] {
  if (names === undefined) return columns;
  return names.split(',').map((name) => columns.find((column) => column.name === name)!);
}

/** An empty text counts as given, but finds nothing that a client can mean. */
function choiceErrors({ oneOf }: Resource, values: ParameterValues): ParameterProblem[] {
  if (oneOf.length === 0) return [];
  const given = oneOf.filter((name) => values[name] !== undefined);
  const names = oneOf.map((name) => `"${name}"`).join(' and ');
  if (given.length === 0) return [{ parameter: oneOf[0]!, detail: `is required: give exactly one of ${names}` }];
  return given
    .slice(1)
    .map((parameter) => ({ parameter, detail: `must not be combined: give exactly one of ${names}` }));
}

type Checker = z.ZodType<Record<string, string | undefined>>;

/** Cached: Zod compiles a schema on first use, which takes longer than a whole request. */
const checkers = new Map<Resource, Checker>();

function checkerOf(resource: Resource): Checker {
  const made = checkers.get(resource);
  if (made) return made;
  const entries = parametersOf(resource).map(({ name, in: place, kind, required }) => {
    const text = textOf(kind);
    return [name, place === 'path' || required ? text : text.optional()] as const;
  });
  const checker: Checker = z.object(Object.fromEntries(entries));
  checkers.set(resource, checker);
  return checker;
}

function textOf({ accepts, accepted, problems = () => [`must be ${accepted}`] }: ValueKind) {
  return z
    .string({ error: ({ input }) => (Array.isArray(input) ? 'must not be repeated' : `is required: ${accepted}`) })
    .superRefine((text, context) => {
      if (accepts(text)) return;
      for (const message of problems(text)) context.addIssue({ code: 'custom', message });
    });
}

/** A repeated parameter keeps all its values, so that validation can reject it. */
function valuesOf(search: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(search.keys())].map((name) => {
      const all = search.getAll(name);
      return [name, all.length === 1 ? all[0]! : all];
    }),
  );
}

function unknownOf(resource: Resource, search: URLSearchParams): ParameterProblem[] {
  const known = parametersOf(resource).filter((parameter) => parameter.in === 'query');
  const names = known.map(({ name }) => name);
  const detail =
    names.length === 0 ? 'is unknown; this resource has no parameters' : `is unknown; known are ${names.join(', ')}`;
  return [...new Set(search.keys())]
    .filter((name) => !names.includes(name))
    .map((name) => ({ parameter: name.slice(0, 100), detail }));
}

function explain({ path, message }: z.core.$ZodIssue): ParameterProblem {
  return { parameter: String(path[0]), detail: message };
}

function invalid(errors: readonly ParameterProblem[]): Problem {
  const names = [...new Set(errors.map(({ parameter }) => `"${parameter}"`))];
  return new Problem('invalid-parameter', `Correct ${names.join(', ')}. See "errors" for details.`, { errors });
}

/** Parameters in a fixed order, so that equivalent requests share a cached answer. */
function addressOf(resource: Resource, values: Readonly<Record<string, string | undefined>>): string {
  const parameters = parametersOf(resource);
  const path = resource.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const search = new URLSearchParams();
  for (const { name, in: place } of parameters) {
    const value = values[name];
    if (place === 'query' && value !== undefined) search.set(name, value);
  }
  return `${API_ROOT}/${path}${search.size > 0 ? `?${search.toString()}` : ''}`;
}

import type { Resource } from './resource.js';

/** A path below /api/v1 that returns rows: the resource's own, with examples of the parameters that it requires. */
export function examplePath({ path, parameters }: Pick<Resource, 'path' | 'parameters'>): string {
  const required = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const examples = required.map(({ name, example = '' }): [string, string] => [name, example]);
  return examples.length === 0 ? path : `${path}?${new URLSearchParams(examples).toString()}`;
}

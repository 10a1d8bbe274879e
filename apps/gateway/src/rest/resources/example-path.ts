import type { Resource } from './resource.js';

/**
 * A path below /api/v1 that returns rows: the resource's own, with examples of the parameters that it requires.
 *
 * @param pathValues replace the examples of path parameters, by name
 */
export function examplePath(
  { path, parameters, oneOf }: Pick<Resource, 'path' | 'parameters' | 'oneOf'>,
  pathValues: Readonly<Record<string, string>> = {},
): string {
  const exampleOf = (wanted: string) => parameters.find(({ name }) => name === wanted)?.example ?? '';
  const filled = path.replace(/:(\w+)/g, (_, name: string) => pathValues[name] ?? exampleOf(name));
  const needed = parameters.filter(
    ({ in: place, required, name }) => place === 'query' && (required === true || name === oneOf[0]),
  );
  const examples = needed.map(({ name, example = '' }): [string, string] => [name, example]);
  return examples.length === 0 ? filled : `${filled}?${new URLSearchParams(examples).toString()}`;
}

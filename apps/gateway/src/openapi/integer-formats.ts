const MAX_INT32 = 2 ** 31 - 1;

/**
 * Adds a format to each integer schema that has none: int32 if its maximum allows it, otherwise int64. Without one, generators for
 * Java and Go take 32 bits.
 *
 * @param document JSON, or a part of it
 */
export function withIntegerFormats<T>(document: T): T {
  if (Array.isArray(document)) return document.map(withIntegerFormats) as T;
  if (typeof document !== 'object' || document === null) return document;
  const copy = Object.fromEntries(Object.entries(document).map(([name, value]) => [name, withIntegerFormats(value)]));
  return (isInteger(copy) ? { format: Number(copy.maximum) <= MAX_INT32 ? 'int32' : 'int64', ...copy } : copy) as T;
}

function isInteger({ type }: Readonly<Record<string, unknown>>): boolean {
  return type === 'integer' || (Array.isArray(type) && type.includes('integer'));
}

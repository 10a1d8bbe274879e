import type { ApiPath } from './api.js';

export type Values = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Address relative to the page: parameters in braces are filled from `values`, the others are appended as query.
 * Undefined values are left out.
 */
export function addressOf(path: ApiPath, values: Values = {}): string {
  const rest = new Map(Object.entries(values));
  const filled = path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value ?? ''));
  });
  const query = new URLSearchParams();
  for (const [name, value] of rest) if (value !== undefined) query.set(name, String(value));
  return query.size > 0 ? `${filled}?${query}` : filled;
}

/** The same address in another format. */
export function inFormat(address: string, format: 'json' | 'csv' | 'sql'): string {
  return `${address}${address.includes('?') ? '&' : '?'}format=${format}`;
}

import type { Request } from '../http.js';

export const API_ROOT = '/api/v1';

/**
 * The path that Express matches routes against. It may differ from what the client sent (`GET http://host/api/v1` is valid too), and
 * a middleware sees it in two parts.
 */
export function pathOf({ baseUrl, path }: Request): string {
  return baseUrl + path;
}

/** Ignores case, as Express' routes do. */
export function isBelowApi(request: Request): boolean {
  return /^\/api(\/|$)/i.test(pathOf(request));
}

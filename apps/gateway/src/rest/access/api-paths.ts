import type { Request } from '../http.js';

export const API_ROOT = '/api/v1';

/**
 * As Express finds routes by it, which is not always how the client wrote it: `GET http://host/api/v1` is allowed as well. Within a
 * middleware it is cut in two.
 */
export function pathOf({ baseUrl, path }: Request): string {
  return baseUrl + path;
}

/** Routes are found in upper case as well, so limits must hold there too. */
export function isBelowApi(request: Request): boolean {
  return /^\/api(\/|$)/i.test(pathOf(request));
}

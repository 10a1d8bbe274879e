import type { Request } from '../http.js';

export const API_ROOT = '/api/v1';

/** As the client wrote it; Express' own path is cut short within a middleware. */
export function pathOf({ originalUrl }: Request): string {
  return originalUrl.replace(/[?#].*$/s, '');
}

/** Routes are found in upper case as well, so limits must hold there too. */
export function isBelowApi(request: Request): boolean {
  return /^\/api(\/|$)/i.test(pathOf(request));
}

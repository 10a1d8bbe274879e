export const API_ROOT = '/api/v1';

/** Routes are found in upper case as well, so limits must hold there too. */
export function isBelowApi(path: string): boolean {
  return /^\/api(\/|$)/i.test(path);
}

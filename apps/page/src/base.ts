/** The page's address without the page's name: "/", or a path prefix that a proxy adds. */
export const BASE = new URL('./', location.href).pathname;

/** Absolute address of something that the gateway serves, such as `api/v1/funnel`. */
export function gatewayUrl(path: string): string {
  return new URL(path, new URL(BASE, location.href)).href;
}

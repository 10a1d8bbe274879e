import type { NestExpressApplication } from '@nestjs/platform-express';

/** Injects the path below which users reach the gateway: empty, or such as `/messages`. */
export const BASE_PATH = Symbol('base path');

interface PrefixedRequest {
  url: string;
}

interface RedirectResponse {
  redirect(status: number, url: string): void;
}

const PERMANENT_REDIRECT = 308;

/**
 * Answers below the base path as at the root. A proxy may strip the path or not, so both work; probes and Prometheus, which reach
 * the gateway without a proxy, ask at the root.
 */
export function answerBelow(basePath: string, app: NestExpressApplication): void {
  if (basePath === '') return;
  // The first group is the origin that a proxy may send: GET http://host/messages/api/v1.
  const prefix = new RegExp(`^(https?://[^/?#]*)?${basePath.replaceAll('.', '\\.')}(?=[/?]|$)`);
  app.use((request: PrefixedRequest, response: RedirectResponse, next: () => void) => {
    const found = prefix.exec(request.url);
    if (found === null) return next();
    const rest = request.url.slice(found[0].length);
    // Without the slash, relative addresses of the page would miss the path.
    if (!rest.startsWith('/')) return response.redirect(PERMANENT_REDIRECT, `${basePath}/${rest}`);
    request.url = (found[1] ?? '') + rest;
    next();
  });
}

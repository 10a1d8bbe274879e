import type { NestExpressApplication } from '@nestjs/platform-express';
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

export const REQUEST_ID = 'X-Request-Id';

/** Anything else could forge lines of a log. */
const SAFE = /^[A-Za-z0-9._-]{1,128}$/;

/** Gives every response the id of its request: the client's own if it is safe to log, otherwise a new one. */
export function identifyRequests(app: NestExpressApplication): void {
  app.use(({ headers }: IncomingMessage, response: ServerResponse, next: () => void) => {
    const id = String(headers['x-request-id']);
    response.setHeader(REQUEST_ID, headers['x-request-id'] !== undefined && SAFE.test(id) ? id : randomUUID());
    next();
  });
}

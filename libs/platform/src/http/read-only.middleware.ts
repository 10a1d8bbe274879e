import { Injectable, MethodNotAllowedException, type NestMiddleware } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers 405 to everything but GET and HEAD, on any path that HealthModule does not allow: HTTP changes no app. */
@Injectable()
export class ReadOnlyMiddleware implements NestMiddleware<IncomingMessage, ServerResponse> {
  use({ method }: IncomingMessage, response: ServerResponse, next: () => void): void {
    if (method === 'GET' || method === 'HEAD') return next();
    response.setHeader('Allow', 'GET, HEAD');
    throw new MethodNotAllowedException(`${method} is not supported. Use GET or HEAD.`);
  }
}

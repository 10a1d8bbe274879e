import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { Request, Response } from '../http.js';
import { Problem } from '../../problems/problem.js';

/** Above every address that this interface makes, below what Node refuses by itself without a word. */
const MAX_URL_LENGTH = 8192;

/** What holds for every request below /api, whether or not there is such a path. */
@Injectable()
export class ApiRequestMiddleware implements NestMiddleware {
  use({ method, originalUrl }: Request, _response: Response, next: () => void): void {
    if (method !== 'GET' && method !== 'HEAD') {
      throw new Problem('method-not-allowed', `${method} is not possible here; use GET or HEAD.`, {
        headers: { Allow: 'GET, HEAD' },
      });
    }
    if (originalUrl.length > MAX_URL_LENGTH) {
      throw new Problem('uri-too-long', `Path and query may have ${MAX_URL_LENGTH} characters; shorten the values.`);
    }
    next();
  }
}

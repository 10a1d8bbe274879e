import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { Request, Response } from '../http.js';
import { Problem } from '../../problems/problem.js';

/** Longer than any URL the API generates, shorter than what Node rejects without a response body. */
const MAX_URL_LENGTH = 8192;

/** Checks the length of every request below /api, known path or not. */
@Injectable()
export class ApiRequestMiddleware implements NestMiddleware {
  use({ originalUrl }: Request, _response: Response, next: () => void): void {
    if (originalUrl.length > MAX_URL_LENGTH) {
      throw new Problem(
        'uri-too-long',
        `Path and query may have at most ${MAX_URL_LENGTH} characters. Shorten the values.`,
      );
    }
    next();
  }
}

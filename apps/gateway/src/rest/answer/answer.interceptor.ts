import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from '../http.js';
import { map, type Observable } from 'rxjs';
import type { Answer } from './answer.js';

/** Sets an answer's headers; Express itself answers 304 to a matching If-None-Match. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor<Answer, string> {
  intercept(context: ExecutionContext, next: CallHandler<Answer>): Observable<string> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(
      map((answer) => {
        const { body, contentType, etag, next: nextPage, isPublic, madeAt } = answer;
        response.set({ 'Content-Type': contentType, ETag: etag, Vary: 'Accept' });
        if (isPublic) {
          const age = Math.floor((performance.now() - madeAt) / 1000);
          response.set({ 'Cache-Control': 'public, max-age=1', Age: String(age) });
        } else {
          response.set({ 'Cache-Control': 'private, no-store' });
        }
        if (nextPage !== null) response.set({ Link: `<${nextPage}>; rel="next"` });
        return body;
      }),
    );
  }
}

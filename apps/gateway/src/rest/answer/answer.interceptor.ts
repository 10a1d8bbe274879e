import { HttpStatus, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { Request, Response } from '../http.js';
import type { Answer } from './answer.js';

/** Turns an answer into a response: headers, and the body unless the client has it already. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor<Answer, string> {
  intercept(context: ExecutionContext, next: CallHandler<Answer>): Observable<string> {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const response = http.getResponse<Response>();
    return next.handle().pipe(
      map((answer) => {
        response.set(headersOf(answer));
        if (!answer.isPublic || !matches(request.headers['if-none-match'], answer.etag)) return answer.body;
        response.status(HttpStatus.NOT_MODIFIED);
        return '';
      }),
    );
  }
}

function headersOf({ contentType, etag, next, isPublic, madeAt, secondsBehind }: Answer): Record<string, string> {
  const age = Math.floor((performance.now() - madeAt) / 1000) + Math.ceil(secondsBehind);
  return {
    'Content-Type': contentType,
    Vary: 'Accept',
    ...(isPublic
      ? { ETag: etag, 'Cache-Control': 'public, max-age=1', Age: String(age) }
      : { 'Cache-Control': 'private, no-store' }),
    ...(next === null ? {} : { Link: `<${next}>; rel="next"` }),
  };
}

/** If-None-Match with the weak comparison of RFC 9110. Express skips its own check if the request has no-cache, which fetch adds. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes(etag.replace(/^W\//, '')) || tags.includes('*');
}

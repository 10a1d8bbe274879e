import { Catch, HttpException, Logger, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Request, Response } from '../rest/http.js';
import { isBelowApi, pathOf } from '../rest/access/api-paths.js';
import { Problem } from './problem.js';

/** Every error below /api is a problem of RFC 9457; elsewhere, such as on /readyz, Nest answers as ever. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  private readonly logger = new Logger('Rest');

  override catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // An answer that has begun, such as a stream of events, has no room for a problem.
    if (!isBelowApi(request) || response.headersSent) return super.catch(exception, host);

    const problem = toProblem(exception, pathOf(request));
    if (problem.name === 'internal-error') {
      this.logger.error(
        `${request.method} ${pathOf(request)} failed`,
        (exception as Error)?.stack ?? String(exception),
      );
    }
    response
      .status(problem.getStatus())
      .set({ 'Cache-Control': 'no-store', ...problem.headers })
      .type('application/problem+json')
      .send(JSON.stringify(problem.details(pathOf(request))));
  }
}

function toProblem(exception: unknown, path: string): Problem {
  if (exception instanceof Problem) return exception;
  const status =
    exception instanceof HttpException ? exception.getStatus() : (exception as { status?: number })?.status;
  if (status === 404) {
    return new Problem('unknown-path', `Nothing is at ${path}. GET /api/v1 lists what there is.`, { cause: exception });
  }
  // Express' own: a path that cannot be decoded, a body that nobody asked for.
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(
      'malformed-request',
      'The path, a header or a body of the request is malformed; check its encoding.',
      {
        cause: exception,
      },
    );
  }
  return new Problem('internal-error', 'The request is not at fault. The log of the gateway says what is.', {
    cause: exception,
  });
}

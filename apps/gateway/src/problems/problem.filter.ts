import { Catch, HttpException, Inject, Logger, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import { BASE_PATH } from '../http/base-path.js';
import type { Request, Response } from '../rest/http.js';
import { isBelowApi, pathOf } from '../rest/access/api-paths.js';
import { REQUEST_ID } from '../http/request-id.js';
import { Problem } from './problem.js';

/** Turns every error below /api into problem details (RFC 9457). Elsewhere, as on /readyz, Nest's own filter responds. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  private readonly logger = new Logger('Rest');

  constructor(@Inject(BASE_PATH) private readonly basePath: string) {
    super();
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // A response that has begun, such as an event stream, cannot become a problem.
    if (!isBelowApi(request) || response.headersSent) return super.catch(exception, host);

    const problem = toProblem(exception, pathOf(request), this.basePath);
    const requestId = response.get(REQUEST_ID) ?? '';
    if (problem.name === 'internal-error') {
      this.logger.error(
        `${request.method} ${pathOf(request)} failed (request ${requestId})`,
        (exception as Error)?.stack ?? String(exception),
      );
    }
    response
      .status(problem.getStatus())
      .set({ 'Cache-Control': 'no-store', ...problem.headers })
      .type('application/problem+json')
      .send(JSON.stringify(problem.details(this.basePath + pathOf(request), requestId)));
  }
}

function toProblem(exception: unknown, path: string, basePath: string): Problem {
  if (exception instanceof Problem) return exception;
  const status =
    exception instanceof HttpException ? exception.getStatus() : (exception as { status?: number })?.status;
  if (status === 404) {
    return new Problem(
      'unknown-path',
      `${basePath}${path} does not exist. GET ${basePath}/api/v1 lists all resources.`,
      {
        cause: exception,
      },
    );
  }
  if (status === 405) return new Problem('method-not-allowed', (exception as Error).message, { cause: exception });
  // Express' own errors, such as a path that cannot be decoded.
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem('malformed-request', 'The path or a header is malformed. Check its encoding.', {
      cause: exception,
    });
  }
  return new Problem('internal-error', 'The request is valid, but the gateway failed. See the log of the gateway.', {
    cause: exception,
  });
}

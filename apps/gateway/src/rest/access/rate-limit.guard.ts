import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from '../http.js';
import { Problem } from '../problems/problem.js';
import { isBelowApi } from './api-paths.js';
import { RateLimiter } from './rate-limiter.js';

/** Limits the requests of an address below /api, whichever paths they are for. Probes and metrics are never limited. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  constructor(private readonly limiter: RateLimiter) {}

  canActivate(context: ExecutionContext): true {
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    if (!isBelowApi(request)) return true;
    const { isAllowed, remaining, resetSeconds } = this.limiter.take(request.ip ?? '');
    const { limit } = this.limiter;
    http.getResponse<Response>().set({
      'RateLimit-Limit': String(limit),
      'RateLimit-Remaining': String(remaining),
      'RateLimit-Reset': String(resetSeconds),
    });
    if (isAllowed) return true;
    const detail = `An address may send ${limit} requests a minute; wait ${resetSeconds} s, or raise GATEWAY_RATE_LIMIT.`;
    throw new Problem('too-many-requests', detail, { headers: { 'Retry-After': String(resetSeconds) } });
  }
}

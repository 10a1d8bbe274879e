import { Injectable, type ExecutionContext } from '@nestjs/common';
import { ThrottlerGuard, type ThrottlerLimitDetail } from '@nestjs/throttler';
import type { Request } from '../http.js';
import { Problem } from '../../problems/problem.js';
import { isBelowApi } from './api-paths.js';

/** Limits the requests per client address to all paths below /api together. Probes and metrics are never limited. */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  protected override headerPrefix = 'RateLimit';

  protected override shouldSkip(context: ExecutionContext): Promise<boolean> {
    return Promise.resolve(!isBelowApi(context.switchToHttp().getRequest<Request>()));
  }

  /** By default the library counts each route separately. */
  protected override generateKey(_context: ExecutionContext, address: string): string {
    return address;
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    { limit, timeToBlockExpire: seconds }: ThrottlerLimitDetail,
  ): Promise<void> {
    const detail = `The limit is ${limit} requests per minute and client address. Wait ${seconds} s, or raise GATEWAY_RATE_LIMIT.`;
    // The library sets them on answers below the limit only.
    const headers = {
      'Retry-After': String(seconds),
      [`${this.headerPrefix}-Limit`]: String(limit),
      [`${this.headerPrefix}-Remaining`]: '0',
      [`${this.headerPrefix}-Reset`]: String(seconds),
    };
    throw new Problem('too-many-requests', detail, { headers });
  }
}

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { BearerToken, bearerOf } from '#platform/http/bearer-token.js';
import type { Request } from '../http.js';
import { Problem } from '../../problems/problem.js';

const CHALLENGE = 'Bearer realm="messages-pipeline"';

/** Requires the token for client-level endpoints. If none is configured, these are closed. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly token: BearerToken) {}

  canActivate(context: ExecutionContext): true {
    if (!this.token.isConfigured) {
      const detail = 'Client-level endpoints require a token. Set GATEWAY_API_TOKEN on the gateway, then send it.';
      throw new Problem('token-not-configured', detail);
    }
    const { authorization } = context.switchToHttp().getRequest<Request>().headers;
    const candidate = bearerOf(authorization);
    if (candidate !== undefined && this.token.is(candidate)) return true;
    const detail =
      'Client-level endpoints require a token. Send the header "Authorization: Bearer <GATEWAY_API_TOKEN>".';
    const challenge = candidate === undefined ? CHALLENGE : `${CHALLENGE}, error="invalid_token"`;
    throw new Problem('token-needed', detail, { headers: { 'WWW-Authenticate': challenge } });
  }
}

import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from '../http.js';
import { Problem } from '../../problems/problem.js';
import { ApiToken } from './api-token.js';

const CHALLENGE = 'Bearer realm="messages-pipeline"';

/** What names single clients is for those who have the token; while none is configured, for nobody. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly token: ApiToken) {}

  canActivate(context: ExecutionContext): true {
    if (!this.token.isConfigured) {
      const detail = 'This names single clients and needs a token. Set GATEWAY_API_TOKEN at the gateway, then send it.';
      throw new Problem('token-not-configured', detail);
    }
    const { authorization = '' } = context.switchToHttp().getRequest<Request>().headers;
    const given = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization)?.[1];
    if (given !== undefined && this.token.is(given)) return true;
    const detail = 'This names single clients. Send the header "Authorization: Bearer <GATEWAY_API_TOKEN>".';
    const challenge = given === undefined ? CHALLENGE : `${CHALLENGE}, error="invalid_token"`;
    throw new Problem('token-needed', detail, { headers: { 'WWW-Authenticate': challenge } });
  }
}

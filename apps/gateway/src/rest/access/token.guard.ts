import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from '../http.js';
import { Problem } from '../problems/problem.js';

const CHALLENGE = 'Bearer realm="messages-pipeline"';

/** What names single clients is for those who have the token; while none is configured, for nobody. */
export class TokenGuard implements CanActivate {
  constructor(private readonly token: string | undefined) {}

  canActivate(context: ExecutionContext): true {
    if (this.token === undefined) {
      const detail = 'This names single clients and needs a token. Set GATEWAY_API_TOKEN at the gateway, then send it.';
      throw new Problem('token-not-configured', detail);
    }
    const { authorization } = context.switchToHttp().getRequest<Request>().headers;
    const given = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '')?.[1];
    if (given !== undefined && isSame(given, this.token)) return true;
    const detail = 'This names single clients. Send the header "Authorization: Bearer <GATEWAY_API_TOKEN>".';
    const challenge = given === undefined ? CHALLENGE : `${CHALLENGE}, error="invalid_token"`;
    throw new Problem('token-needed', detail, { headers: { 'WWW-Authenticate': challenge } });
  }
}

/** In a time that depends on neither: hashes have one length, and are compared to their ends. */
function isSame(given: string, expected: string): boolean {
  const [one, other] = [given, expected].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(one!, other!);
}

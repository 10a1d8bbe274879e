import {
  ForbiddenException,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BearerToken, bearerOf } from '#platform/http/bearer-token.js';

/** Requires the operator's token. If none is configured, the endpoint is closed. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(private readonly token: BearerToken) {}

  canActivate(context: ExecutionContext): true {
    if (!this.token.isConfigured) {
      throw new ForbiddenException(
        'This endpoint requires a token. Set CONSUMER_OPERATOR_TOKEN on the consumer, then send it.',
      );
    }
    const http = context.switchToHttp();
    const candidate = bearerOf(http.getRequest<IncomingMessage>().headers.authorization);
    if (candidate !== undefined && this.token.is(candidate)) return true;
    http.getResponse<ServerResponse>().setHeader('WWW-Authenticate', 'Bearer realm="messages-pipeline"');
    throw new UnauthorizedException('Send the header "Authorization: Bearer <CONSUMER_OPERATOR_TOKEN>".');
  }
}

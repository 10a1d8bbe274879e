import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { GatewayConfig } from '../config/gateway-config.js';
import type { Request } from '../rest/http.js';
import { REQUEST_ID } from './request-id.js';

/** Requests that machines repeat, and the files of the page. */
const QUIET = /^\/(?:(?:livez|readyz|healthz|health|metrics)\/?$|assets\/)/i;

const MAX_PATH_CHARACTERS = 500;

/**
 * Logs one line for each request, when its response has ended: at level info if GATEWAY_ACCESS_LOG is set, otherwise at debug. The
 * query is left out, because clients may send secrets in it.
 */
export function logAccess(
  app: NestExpressApplication,
  { GATEWAY_ACCESS_LOG: isOn, GATEWAY_BASE_PATH: basePath }: GatewayConfig,
): void {
  const logger = new Logger('Access');
  app.use((request: Request & { readonly socket: Socket }, response: ServerResponse, next: () => void) => {
    const startedAt = performance.now();
    // Read now: the address is unknown after a disconnect, and Express shortens the path while it routes.
    const { method, path, ip, socket } = request;
    const sentBefore = socket.bytesWritten;
    response.once('close', () => {
      const fields = {
        method,
        path: path.slice(0, MAX_PATH_CHARACTERS),
        status: response.statusCode,
        duration_ms: Math.round((performance.now() - startedAt) * 10) / 10,
        bytes: socket.bytesWritten - sentBefore,
        client: ip,
        request_id: response.getHeader(REQUEST_ID),
        // The client has closed the connection before it had everything.
        ...(response.writableFinished ? {} : { aborted: true }),
      };
      const own = path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
      if (isOn && !QUIET.test(own)) logger.log('Request', fields);
      else logger.debug('Request', fields);
    });
    next();
  });
}

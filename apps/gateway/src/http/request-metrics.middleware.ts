import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Metrics } from '#platform/metrics/metrics.js';

/** Express sets it once it has found one. */
type RoutedRequest = IncomingMessage & { readonly route?: { readonly path: string } };

/** Counts requests and their time, by the pattern of the route: a path itself could be anything. */
@Injectable()
export class RequestMetricsMiddleware implements NestMiddleware<RoutedRequest, ServerResponse> {
  private readonly seconds = this.metrics.histogram('httpSeconds');

  constructor(private readonly metrics: Metrics) {}

  use(request: RoutedRequest, response: ServerResponse, next: () => void): void {
    const stop = this.seconds.startTimer();
    response.once('close', () => {
      // How long somebody listened to events is no latency.
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return;
      stop({ method: request.method, route: request.route?.path ?? 'none', status: response.statusCode });
    });
    next();
  }
}

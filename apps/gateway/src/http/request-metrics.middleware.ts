import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Metrics } from '#platform/metrics/metrics.js';

/** Express sets `route` once it has matched one. */
type RoutedRequest = IncomingMessage & { readonly route?: { readonly path: string } };

/** Counts requests and their duration by the pattern of the route; paths themselves are unbounded. */
@Injectable()
export class RequestMetricsMiddleware implements NestMiddleware<RoutedRequest, ServerResponse> {
  private readonly seconds = this.metrics.histogram('httpSeconds');

  constructor(private readonly metrics: Metrics) {}

  use(request: RoutedRequest, response: ServerResponse, next: () => void): void {
    const stop = this.seconds.startTimer();
    response.once('close', () => {
      // The duration of an event stream is not a latency.
      if (String(response.getHeader('content-type')).startsWith('text/event-stream')) return;
      stop({ method: request.method, route: request.route?.path ?? 'none', status: response.statusCode });
    });
    next();
  }
}

import { ExpressAdapter } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { RequestListener } from 'node:http';
import { createLimitedServer } from './limited-server.js';

/** Express for the apps: slow clients are cut off, bodies are never read, and every response has security headers. */
export class HardenedAdapter extends ExpressAdapter {
  constructor() {
    super();
    this.disable('x-powered-by');
    this.use(
      helmet({
        // Nothing but the gateway's page, which has its own policy, is to be shown in a browser.
        contentSecurityPolicy: {
          useDefaults: false,
          directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
        },
        // The apps speak HTTP. The proxy that terminates TLS decides about HSTS.
        strictTransportSecurity: false,
      }),
    );
  }

  override initHttpServer(): void {
    this.httpServer = createLimitedServer(this.getInstance<RequestListener>());
  }

  override registerParserMiddleware(): void {
    // No route has a body, and a parser would hold 100 kB of each request in memory.
  }
}

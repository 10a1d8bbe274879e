import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import helmet from 'helmet';
import type { GatewayConfig } from './config/gateway-config.js';
import { logAccess } from './http/access-log.js';
import { answerBelow } from './http/base-path.js';
import { compressAnswers } from './http/compress-answers.js';
import { identifyRequests } from './http/request-id.js';
import { openApiDocument } from './openapi/openapi-document.js';
import { serveAssets } from './page/serve-assets.js';

/**
 * Configures the whole app before it listens: trusted proxies, request ids, access log, content security policy, compression, the live
 * page's files, the OpenAPI page.
 */
export function configureGateway(app: NestExpressApplication, config: GatewayConfig): void {
  app.set('trust proxy', config.GATEWAY_TRUSTED_PROXIES);
  // Responses that may be cached get their own ETag.
  app.set('etag', false);
  identifyRequests(app);
  logAccess(app, config);
  // Instead of the policy of all apps, which lets a browser show nothing.
  app.use(
    helmet.contentSecurityPolicy({
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'self'"],
        objectSrc: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        // The OpenAPI page sets styles in attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
      },
    }),
  );
  compressAnswers(app);
  answerBelow(config.GATEWAY_BASE_PATH, app);
  serveAssets(app);
  SwaggerModule.setup('docs', app, openApiDocument(config.GATEWAY_BASE_PATH) as unknown as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'messages-pipeline: REST',
  });
}

import type { NestExpressApplication } from '@nestjs/platform-express';
import { SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import helmet from 'helmet';
import type { GatewayConfig } from './config/gateway-config.js';
import { openApiDocument } from './openapi/openapi-document.js';

/** What is set on the whole app before it listens: whom to believe, security headers, the page of the interface. */
export function configureGateway(app: NestExpressApplication, config: GatewayConfig): void {
  app.set('trust proxy', config.GATEWAY_TRUSTED_PROXIES);
  // Answers that may be kept have a tag of their own.
  app.set('etag', false);
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'self'"],
          baseUri: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'self'"],
          objectSrc: ["'none'"],
          imgSrc: ["'self'", 'data:'],
          // The page of the interface sets styles by attributes.
          styleSrc: ["'self'", "'unsafe-inline'"],
        },
      },
      // The gateway speaks HTTP; whether all of a host is HTTPS is for who ends TLS before it to say.
      strictTransportSecurity: false,
    }),
  );
  SwaggerModule.setup('docs', app, openApiDocument() as unknown as OpenAPIObject, {
    jsonDocumentUrl: 'openapi.json',
    raw: ['json'],
    customSiteTitle: 'messages-pipeline: REST',
  });
}

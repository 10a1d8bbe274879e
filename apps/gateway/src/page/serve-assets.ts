import type { ServerResponse } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';
import { PAGE_FOLDER } from './built-page.js';

/** Files with a hash in their name never change; the others are checked at each load, so that a new version shows at once. */
const IMMUTABLE = 'public, max-age=31536000, immutable';

/** Serves scripts, styles and pictures of the page. */
export function serveAssets(app: NestExpressApplication): void {
  app.use('/assets', compression());
  app.useStaticAssets(PAGE_FOLDER, {
    index: false,
    redirect: false,
    setHeaders: (response: ServerResponse, file: string) => {
      response.setHeader('Cache-Control', file.startsWith(`${PAGE_FOLDER}/assets/`) ? IMMUTABLE : 'no-cache');
    },
  });
}

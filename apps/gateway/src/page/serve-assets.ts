import type { NestExpressApplication } from '@nestjs/platform-express';
import { PAGE_FOLDER } from './built-page.js';

/**
 * Serves the page's scripts and styles. They have a hash in their name and never change. Only their own prefix is looked up in
 * the file system, which other requests should not wait for.
 */
export function serveAssets(app: NestExpressApplication): void {
  app.useStaticAssets(`${PAGE_FOLDER}/assets`, {
    ...{ prefix: '/assets/', index: false, redirect: false },
    ...{ immutable: true, maxAge: '365d' },
  });
}

import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/dictionary/main.js');
if (!process.exitCode) {
  // The document is made of the columns that were just written.
  bootstrap();
  await import('../dist/apps/gateway/src/openapi/export-openapi.js');
}

import type { NestExpressApplication } from '@nestjs/platform-express';
import compression from 'compression';

/** A smaller body fits into one packet anyway. */
const THRESHOLD_BYTES = 1024;

type Filter = NonNullable<compression.CompressionOptions['filter']>;

/** Compresses answers with Brotli or gzip. */
export function compressAnswers(app: NestExpressApplication): void {
  app.use(compression({ threshold: THRESHOLD_BYTES, filter }));
}

const filter: Filter = (request, response) => {
  // An event must not wait in a buffer.
  if (String(response.getHeader('Content-Type')).startsWith('text/event-stream')) return false;
  // It has no type, but the same Vary as the 200.
  if (response.statusCode === 304) return true;
  if (!compression.filter(request, response)) return false;
  // GET has no length if it is compressed, so HEAD must not state one.
  const isLarge = Number(response.getHeader('Content-Length')) >= THRESHOLD_BYTES;
  if (request.method === 'HEAD' && isLarge && request.headers['accept-encoding']) {
    response.removeHeader('Content-Length');
  }
  return true;
};

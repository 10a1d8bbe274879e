import { createHash } from 'node:crypto';
import { encodeCursor } from '../query/cursor.js';
import type { Format, ResourceQuery } from '../query/resource-query.js';
import { csvCell, jsonCell, type Row } from './cell.js';
import type { Answer } from './answer.js';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  sql: 'application/sql; charset=utf-8',
};

/** @param rows the result of buildSelect's statement: at most one row more than the page */
export function writeAnswer(query: ResourceQuery, rows: readonly Row[], format: Exclude<Format, 'sql'>): Answer {
  const { resource, limit } = query;
  const page = rows.slice(0, limit);
  const next = resource.kind === 'list' && rows.length > limit ? nextOf(query, page.at(-1)!) : null;
  return answerOf(query, format === 'csv' ? csvOf(query, page) : jsonOf(query, page, next), format, next);
}

export function answerOf({ resource }: ResourceQuery, body: string, format: Format, next: string | null): Answer {
  return {
    body,
    contentType: CONTENT_TYPES[format],
    // Weak, because a compressed body has other bytes.
    etag: `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    next,
    isPublic: !resource.needsToken,
    madeAt: performance.now(),
    secondsBehind: 0,
  };
}

function nextOf({ address, order, columns }: ResourceQuery, last: Row): string {
  const cursor = encodeCursor(order, last.slice(columns.length));
  return `${address}${address.includes('?') ? '&' : '?'}cursor=${cursor}`;
}

function jsonOf({ resource: { kind }, columns }: ResourceQuery, rows: readonly Row[], next: string | null): string {
  const names = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  const objects = rows.map(
    (row) => `{${columns.map(({ type }, i) => names[i]! + jsonCell(type, row[i] ?? null)).join(',')}}`,
  );
  return kind === 'item' ? `{"data":${objects[0]}}` : `{"data":[${objects.join(',')}],"next":${JSON.stringify(next)}}`;
}

/** Every line ends with CRLF, the last one too. */
function csvOf({ columns }: ResourceQuery, rows: readonly Row[]): string {
  const lines = rows.map((row) => columns.map(({ type }, i) => csvCell(type, row[i] ?? null)).join(','));
  return [columns.map(({ name }) => name).join(','), ...lines, ''].join('\r\n');
}

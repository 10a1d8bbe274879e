import type { ColumnType } from '../resources/resource.js';

/** Values of a row, in PostgreSQL's text format. */
export type Row = readonly (string | null)[];

/** A value as JSON. Numbers are never parsed, so they keep all digits. */
export function jsonCell(type: ColumnType, text: string | null): string {
  if (text === null) return 'null';
  switch (type) {
    case 'bigint':
    case 'integer':
    case 'smallint':
    case 'numeric':
    case 'jsonb':
      return text;
    case 'boolean':
      return text === 't' ? 'true' : 'false';
    case 'campaign_id':
      return Number.isSafeInteger(Number(text)) ? text : JSON.stringify(text);
    case 'bytea':
      return JSON.stringify(bytesOf(text));
    case 'timestamptz':
      return JSON.stringify(isoTime(text));
    case 'date':
    case 'id':
    case 'text':
      return JSON.stringify(text);
  }
}

/** A value as CSV (RFC 4180), with the same text as in JSON. */
export function csvCell(type: ColumnType, text: string | null): string {
  if (text === null) return '';
  const value = type === 'boolean' ? jsonCell(type, text) : type === 'timestamptz' ? isoTime(text) : text;
  // An empty text is quoted, a missing value is not.
  return value === '' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** In a UTC session PostgreSQL writes 2021-04-30 07:00:01.5+00. */
function isoTime(text: string): string {
  return text.replace(' ', 'T').replace(/\+00$/, 'Z');
}

/** PostgreSQL writes bytes as \x00ff. */
function bytesOf(hex: string): { base64: string; text: string | null } {
  const bytes = Buffer.from(hex.slice(2), 'hex');
  return { base64: bytes.toString('base64'), text: utf8Of(bytes) };
}

function utf8Of(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

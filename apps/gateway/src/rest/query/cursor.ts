import type { ColumnType } from '../resources/resource.js';
import { isDay } from '../parameters/value-kind.js';
import { orderText, type OrderTerm } from './order.js';

/** What every cursor looks like: the base64url of a JSON array whose first element is a text. */
export const CURSOR_PATTERN = '^Wy[IJ][\\w-]+$';

/** A row's values of the sort terms, as PostgreSQL writes them. The next page begins after it. */
export type Position = readonly (string | null)[];

/** The order and the position as base64url; opaque to clients. */
export function encodeCursor(order: readonly OrderTerm[], position: Position): string {
  return Buffer.from(JSON.stringify([orderText(order), ...position])).toString('base64url');
}

/** @returns undefined for anything that encodeCursor did not make for this order */
export function decodeCursor(order: readonly OrderTerm[], cursor: string): Position | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== order.length + 1 || parsed[0] !== orderText(order)) return undefined;
  const position = parsed.slice(1) as unknown[];
  const fits = position.every(
    (value, i) => value === null || (typeof value === 'string' && isOf(order[i]!.type, value)),
  );
  return fits ? (position as Position) : undefined;
}

/** Whether PostgreSQL can cast the text to the type. A text it cannot cast would end as an internal error. */
function isOf(type: ColumnType, text: string): boolean {
  switch (type) {
    case 'bigint':
    case 'id':
    case 'campaign_id':
      return /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    case 'integer':
      return /^-?\d{1,10}$/.test(text) && BigInt.asIntN(32, BigInt(text)) === BigInt(text);
    case 'smallint':
      return /^-?\d{1,5}$/.test(text) && BigInt.asIntN(16, BigInt(text)) === BigInt(text);
    case 'numeric':
      return /^-?\d{1,40}(\.\d{1,40})?$/.test(text);
    case 'boolean':
      return text === 't' || text === 'f';
    case 'date':
      return isDay(text);
    case 'timestamptz':
      return /^.{10} ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?\+00$/.test(text) && isDay(text.slice(0, 10));
    case 'text':
      return !text.includes('\0');
    case 'bytea':
    case 'jsonb':
      return false;
  }
}

import type { Environment } from './env.js';

/**
 * Whether a stream accepts escape sequences for colours and redrawing: it is a terminal, TERM is not dumb, and NO_COLOR is empty or
 * not set (https://no-color.org).
 */
export function takesEscapes(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
}

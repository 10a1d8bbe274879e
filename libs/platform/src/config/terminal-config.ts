import type { Environment } from './env.js';

/**
 * Whether escape sequences may be written to a stream, for colours and to draw over lines: it is a terminal that understands
 * them (TERM=dumb does not), and nobody asked for plain text (https://no-color.org: any value of NO_COLOR but the empty one).
 */
export function takesEscapes(stream: { readonly isTTY?: boolean }, env: Environment = process.env): boolean {
  return stream.isTTY === true && env['TERM'] !== 'dumb' && !env['NO_COLOR'];
}

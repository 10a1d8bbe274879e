import { contract } from './contract.js';

const { maxDepth, maxKeyLength } = contract.record;

/** Each level needs two brackets, so a shorter text cannot exceed either limit. */
const SHORTEST_BEYOND = Math.min(2 * (maxDepth + 1), maxKeyLength + 1);
const KEY_END = /[ \t\n\r]*:/y;

/**
 * Whether a record is nested deeper, or has a longer key, than the contract allows. Scans the text, because JSON.parse
 * drops all but the last of repeated keys.
 *
 * @param text a valid JSON document
 */
export function exceedsLimits(text: string): boolean {
  return text.length >= SHORTEST_BEYOND && isBeyond(text);
}

function isBeyond(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > maxDepth) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      depth--;
    } else if (code === QUOTE) {
      const end = endOfString(text, i);
      // Resolving escapes only shortens a string, so most strings need no further look.
      if (end - i - 1 > maxKeyLength && isKey(text, end) && lengthOf(text.slice(i, end + 1)) > maxKeyLength)
        return true;
      i = end;
    }
  }
  return false;
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Position of the first quotation mark that is not escaped. */
function endOfString(text: string, start: number): number {
  let end = start;
  let backslashes: number;
  do {
    end = text.indexOf('"', end + 1);
    backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
  } while (backslashes % 2 === 1);
  return end;
}

function isKey(text: string, end: number): boolean {
  KEY_END.lastIndex = end + 1;
  return KEY_END.test(text);
}

function lengthOf(literal: string): number {
  return (JSON.parse(literal) as string).length;
}

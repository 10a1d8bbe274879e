import { type Prng } from '#sample-data/prng.js';

/** Writes JSON in every permitted spelling: the same document in many texts. */

const SHORT_ESCAPES: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A JSON string. @param escapes share of the characters that are escaped without need */
export function jsonString(text: string, prng: Prng, escapes: number): string {
  let written = '"';
  // By code points, so that most pairs are written raw; a lone surrogate has no raw form in UTF-8.
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const must = code < 0x20 || character === '"' || character === '\\' || (code >= 0xd800 && code <= 0xdfff);
    if (!must && !prng.chance(escapes)) written += character;
    else if (SHORT_ESCAPES[character] !== undefined && prng.chance(0.7)) written += SHORT_ESCAPES[character];
    else for (let i = 0; i < character.length; i++) written += hexEscape(character.charCodeAt(i), prng);
  }
  return `${written}"`;
}

function hexEscape(unit: number, prng: Prng): string {
  const hex = unit.toString(16).padStart(4, '0');
  return `\\u${prng.chance(0.5) ? hex : hex.toUpperCase()}`;
}

const NUMBERS = [
  '0',
  '-0',
  '1',
  '-1',
  '10',
  '1.0',
  '0.5',
  '1e3',
  '1E+3',
  '1e-3',
  '-0.0',
  '9007199254740993',
  '1e400',
  '0e0',
  '5.0e1',
];

function jsonNumber(prng: Prng): string {
  if (prng.chance(0.6)) return prng.pick(NUMBERS);
  const digits = String(prng.between(1, 9)) + String(prng.uint32()).repeat(prng.between(0, 3));
  return prng.pick(['', '-']) + digits + prng.pick(['', '', '.0', '.25', 'e2', 'E-2']);
}

const STRINGS = [
  '',
  'a',
  '1',
  'true',
  'id',
  '=',
  '{',
  '[1,2]',
  '":1,"',
  '\\',
  '"',
  '\\"',
  '\ud800',
  '😀',
  '\0',
  'a\nb',
  "'",
  '//',
  '","x":"',
];

/** Any JSON value. @param depth maximum nesting of arrays and objects */
export function jsonValue(prng: Prng, depth = 3): string {
  const kind = prng.below(depth > 0 ? 7 : 5);
  switch (kind) {
    case 0:
      return prng.pick(['true', 'false']);
    case 1:
      return 'null';
    case 2:
      return jsonNumber(prng);
    case 3:
    case 4:
      return jsonString(prng.pick(STRINGS), prng, 0.1);
    default: {
      const items = Array.from({ length: prng.below(4) }, () => {
        const value = jsonValue(prng, depth - 1);
        return kind === 5 ? value : `${jsonString(prng.pick(STRINGS), prng, 0.1)}:${value}`;
      });
      return kind === 5 ? `[${items.join(',')}]` : `{${items.join(', ')}}`;
    }
  }
}

/** The four white-space characters of JSON. */
export function jsonSpace(prng: Prng): string {
  return prng.pick([' ', ' ', '\t', '\n', '\r', '\r\n  ']);
}

import { contract } from '#schema/contract.js';
import { type Prng } from '#sample-data/prng.js';
import { jsonSpace, jsonString, jsonValue } from './json-text.js';
import { type Fields } from './valid-message.js';

/** Names similar to those of the contract, of Spark's wrapping of a record, and of JavaScript's built-in properties. */
const UNKNOWN_KEYS = [
  ...[
    'extra',
    'ID',
    'Id',
    ' id',
    'id ',
    'message-id',
    'ıd',
    'id\0',
    '',
    '=',
    '=id',
    'end',
    'elements',
    'corrupt',
    '0',
    '1',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '\ud800',
    '\udc00\ud800',
    'd800',
    '😀',
    '"',
    '\\',
    '\\"',
    'a":1,"id',
    '\u2028',
  ],
];

/** The fields as one JSON object in any permitted spelling, with unknown and duplicate keys. */
export function looseDocument(fields: Fields, prng: Prng): string {
  const entries = [...fields].map(([name, text]): Entry => [name, fieldValue(text, prng)]);
  if (prng.chance(0.4)) for (let n = prng.between(1, 3); n > 0; n--) entries.push(anyEntry(prng));
  if (prng.chance(0.5)) prng.shuffle(entries);
  const spaces = prng.pick([0, 0, 0.1, 1]);
  const space = () => (prng.chance(spaces) ? jsonSpace(prng) : '');
  const escapes = prng.pick([0, 0, 0.02, 0.3]);
  const members = entries.map(
    ([name, value]) => `${space()}${jsonString(name, prng, escapes)}${space()}:${space()}${value}${space()}`,
  );
  return `${space()}{${members.join(',')}${space()}}${space()}`;
}

type Entry = readonly [name: string, value: string];

/** An unknown key, or a second value for a known one. */
function anyEntry(prng: Prng): Entry {
  if (prng.chance(0.7)) return [prng.pick(UNKNOWN_KEYS), jsonValue(prng)];
  return [prng.pick(contract.columns).name, prng.pick([jsonValue(prng), '""', 'null', '"1"', '"t"'])];
}

const BARE = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

function fieldValue(text: string, prng: Prng): string {
  if (BARE.test(text) && prng.chance(0.5)) return text;
  if (prng.chance(0.01)) return jsonValue(prng);
  return jsonString(text, prng, prng.pick([0, 0, 0, 0.05, 0.5]));
}

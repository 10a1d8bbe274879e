import { contract } from '#schema/contract.js';
import { type Prng } from '#sample-data/prng.js';
import { looseDocument } from './loose-document.js';
import { type Fields } from './valid-message.js';

/** A document just within or just beyond one of the contract's limits: record size, nesting, key length. */
export function edgeDocument(fields: Fields, prng: Prng): string {
  const document = looseDocument(fields, prng);
  const { maxBytes, maxDepth, maxKeyLength } = contract.record;
  const off = prng.pick([-1, 0, 0, 1, 1]);
  // Few of them, because large records cost both engines the most.
  if (prng.chance(0.1)) return document + ' '.repeat(maxBytes - Buffer.byteLength(document) + off);
  if (prng.chance(0.6)) {
    const [open, close] = prng.pick([
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    const nested = (levels: number) => open.repeat(levels) + '1' + close.repeat(levels);
    if (prng.chance(0.2)) return nested(maxDepth + off);
    return withMember(document, `${prng.pick(['"extra"', '"category"'])}:${nested(maxDepth - 1 + off)}`, prng);
  }
  const [sign, units] = prng.pick([
    ['k', 1],
    ['д', 1],
    ['\\u0041', 1],
    ['\\\\', 1],
    ['\\"', 1],
    ['😀', 2],
    ['\\ud83d\\ude00', 2],
    ['\\uD83D', 1],
  ] as const);
  const length = maxKeyLength + off;
  const key = sign.repeat(Math.floor(length / units)) + 'k'.repeat(length % units);
  return withMember(document, prng.pick([`"${key}":1`, `"extra":[{"${key}" :1}]`, `"category":"${key}"`]), prng);
}

/** As the first member, or as the last one, where a member of the same name may follow or precede. */
function withMember(document: string, member: string, prng: Prng): string {
  const begin = document.indexOf('{') + 1;
  const end = document.lastIndexOf('}');
  return prng.chance(0.5)
    ? `${document.slice(0, begin)}${member},${document.slice(begin)}`
    : `${document.slice(0, end)},${member}${document.slice(end)}`;
}

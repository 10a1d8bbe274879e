import { contract } from '#schema/contract.js';
import { Prng } from '#sample-data/prng.js';
import { breakBytes, breakText } from './breakage.js';
import { edgeDocument } from './edge-document.js';
import { type FuzzRecord, type Header } from './fuzz-record.js';
import { exportedText } from './exported-text.js';
import { jsonValue } from './json-text.js';
import { looseDocument } from './loose-document.js';
import { oddText } from './odd-text.js';
import { validMessage, type Fields } from './valid-message.js';

interface Family {
  readonly name: string;
  /** Relative frequency. */
  readonly share: number;
  make(prng: Prng): Buffer | null;
}

/** About half of all records are accepted, so that late rules are reached as often as early ones. */
const FAMILIES: readonly Family[] = [
  { name: 'plain', share: 150, make: (prng) => plain(validMessage(prng)) },
  { name: 'plain, bytes altered', share: 150, make: (prng) => altered(plain(validMessage(prng)), prng) },
  { name: 'plain, one odd value', share: 80, make: (prng) => plain(withOddTexts(validMessage(prng), 1, prng)) },
  { name: 'plain, columns at odds', share: 100, make: (prng) => plain(withOtherValues(validMessage(prng), prng)) },
  {
    name: 'plain, as exported by other programs',
    share: 80,
    make: (prng) => plain(exported(validMessage(prng), prng)),
  },
  { name: 'loose', share: 190, make: (prng) => loose(validMessage(prng), prng) },
  { name: 'loose, one odd value', share: 90, make: (prng) => loose(withOddTexts(validMessage(prng), 1, prng), prng) },
  {
    name: 'loose, many odd values',
    share: 60,
    make: (prng) => loose(withOddTexts(validMessage(prng), prng.between(2, 12), prng), prng),
  },
  {
    name: 'broken text',
    share: 100,
    make: (prng) => Buffer.from(breakText(looseDocument(validMessage(prng), prng), prng)),
  },
  { name: 'broken bytes', share: 40, make: (prng) => altered(loose(validMessage(prng), prng), prng) },
  {
    name: 'other document',
    share: 20,
    make: (prng) => Buffer.from(prng.chance(0.5) ? jsonValue(prng) : breakText(jsonValue(prng), prng)),
  },
  { name: 'at a limit of the record', share: 6, make: (prng) => Buffer.from(edgeDocument(validMessage(prng), prng)) },
  { name: 'tombstone', share: 10, make: () => null },
];
const SHARES = FAMILIES.reduce((sum, { share }) => sum + share, 0);

/** One record of a seed's sequence, independent of the others. */
export function randomRecord(seed: number, number: number): FuzzRecord {
  const prng = new Prng(seed, number);
  let turn = prng.below(SHARES);
  const family = FAMILIES.find(({ share }) => (turn -= share) < 0)!;
  return { family: family.name, value: family.make(prng), headers: randomHeaders(prng) };
}

/** As the producer writes it: only strings, in the contract's order, with no needless escapes. */
function plain(fields: Fields): Buffer {
  return Buffer.from(JSON.stringify(Object.fromEntries(fields)));
}

function altered(bytes: Buffer, prng: Prng): Buffer {
  let result = bytes;
  for (let n = prng.pick([1, 1, 1, 2, 3]); n > 0; n--) result = breakBytes(result, prng);
  return result;
}

function loose(fields: Fields, prng: Prng): Buffer {
  return Buffer.from(looseDocument(fields, prng));
}

function withOddTexts(fields: Fields, count: number, prng: Prng): Fields {
  const chosen = new Set<Column>(prng.shuffle([...contract.columns]).slice(0, count));
  return replaced(fields, (column, text) => {
    if (!chosen.has(column)) return text;
    return prng.chance(0.15) ? undefined : oddText(column, prng);
  });
}

function exported(fields: Fields, prng: Prng): Fields {
  const share = prng.pick([0.1, 0.3, 1]);
  return replaced(fields, (column, text) => (prng.chance(share) ? exportedText(column, text, prng) : text));
}

/** Values that are valid one by one; the rules across columns decide whether they fit together. */
function withOtherValues(fields: Fields, prng: Prng): Fields {
  const others = validMessage(prng);
  const share = prng.pick([0.05, 0.2, 0.5]);
  const swapped = prng.chance(0.3) ? swapOrders(fields) : fields;
  return replaced(swapped, (column, text) => {
    if (!prng.chance(share) || 'required' in column) return text;
    return prng.chance(0.3) ? undefined : (others.get(column.name) ?? text);
  });
}

/** Swaps first and last times that are both present and differ. */
function swapOrders(fields: Fields): Fields {
  const swapped = new Map(fields);
  for (const { first, last } of contract.orders) {
    const [start, end] = [fields.get(first), fields.get(last)];
    if (start !== undefined && end !== undefined) swapped.set(first, end).set(last, start);
  }
  return swapped;
}

type Column = (typeof contract.columns)[number];

function replaced(fields: Fields, textOf: (column: Column, text: string | undefined) => string | undefined): Fields {
  const result: Fields = new Map();
  for (const column of contract.columns) {
    const text = textOf(column, fields.get(column.name));
    if (text !== undefined) result.set(column.name, text);
  }
  return result;
}

function randomHeaders(prng: Prng): Header[] {
  if (!prng.chance(0.06)) return [];
  const { unparsableHeader, fileHeader } = contract.record;
  const key = prng.pick([
    unparsableHeader,
    unparsableHeader,
    unparsableHeader.toUpperCase(),
    `${unparsableHeader}s`,
    fileHeader,
    '',
  ]);
  const header: Header = [key, prng.pick(['', 'too few fields', null])];
  return prng.chance(0.5) ? [header] : [[fileHeader, 'messages.csv'], header, header];
}

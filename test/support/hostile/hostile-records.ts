import type { IHeaders, Message } from 'kafkajs';
import { Prng } from '#sample-data/prng.js';
import { contract } from '#schema/contract.js';
import { randomRecord } from '../../../tools/fuzz/random-record.js';
import { validMessage, type Fields } from '../../../tools/fuzz/valid-message.js';

export interface HostileRecord extends Message {
  /** The family that made it, for the messages of a failing test. */
  readonly family: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: IHeaders;
}

interface Family {
  readonly name: string;
  /** Records of 10,000. */
  readonly share: number;
  make(prng: Prng): Partial<Omit<HostileRecord, 'family'>>;
}

const { fileHeader, lineHeader, maxBytes, unparsableHeader } = contract.record;
const MEGABYTE = 1024 * 1024;
/** Largest value in a batch of `max.message.bytes`, with its batch header and a short key. */
const TOPIC_LIMIT = 8 * MEGABYTE - 200;

const INJECTIONS = [
  ...["'; DROP TABLE messages;--", "1' OR '1'='1", '$1', '$$', '\\.', '\\N', "\"; COPY messages TO PROGRAM 'id';--"],
  ...['=cmd|"/C calc"!A0', '+1+1', '@SUM(1)', '%s%n', '${jndi:ldap://x}', '{{7*7}}', '../../etc/passwd', '`id`'],
  ...['<script>alert(1)</script>', '\r\nX: y', '\u001b[31m', 'a\tb\\nc'],
];
const ODD_CHARACTERS = [
  ...['\u202e', '\u2066', '\u200b', '\u200d', '\ufeff', '\u00ad', '\u0301'.repeat(50), 'שלום', '\u{e0041}', '\uffff'],
  ...['\ud800', '\udfff', '\u0000', '\u0085', '\u2028', '😀', 'ﷺ', '\u{10ffff}'],
];
const NUMBERS = [
  ...['1e999', '-1e999', '1e-999', '9223372036854775808', '-9223372036854775809', '0.1e1', '-0', '1E400'],
  ...['9'.repeat(400), '9'.repeat(100_000), `0.${'3'.repeat(100_000)}`, `1${'0'.repeat(50_000)}.0`],
];
const MOMENTS = [
  ...['0000-00-00 00:00:00', '-4713-01-01 00:00:00', '294277-01-01 00:00:00', '9999-12-31 23:59:59.999999', 'infinity'],
  ...['2000-02-30 00:00:00', '2099-12-31 23:59:59.9999999', '2023-01-01 24:00:00', '2023-01-01 23:59:60', 'epoch'],
  ...['2023-01-01T00:00:00+99:99', '2023-01-01 00:00:00 BC', '1999-12-31 23:59:59.999999', '٢٠٢٣-٠١-٠١ ٠٠:٠٠:٠٠'],
];
/** Names of JavaScript's built-in properties. */
const BUILT_IN = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];

const FAMILIES: readonly Family[] = [
  { name: 'random bytes', share: 500, make: (prng) => ({ value: bytes(prng, prng.below(4_000)) }) },
  { name: 'cut off', share: 300, make: (prng) => ({ value: cutOff(valid(prng), prng) }) },
  { name: 'flipped bits', share: 700, make: (prng) => ({ value: flipped(valid(prng), prng) }) },
  { name: 'values of other types', share: 400, make: (prng) => ({ value: withTypes(prng) }) },
  { name: 'fields dropped and added', share: 200, make: (prng) => ({ value: withOtherFields(prng) }) },
  { name: 'injections', share: 300, make: (prng) => ({ value: withTexts(prng, INJECTIONS) }) },
  { name: 'odd characters', share: 300, make: (prng) => ({ value: withTexts(prng, ODD_CHARACTERS) }) },
  { name: 'extreme times', share: 200, make: (prng) => ({ value: withTexts(prng, MOMENTS) }) },
  { name: 'huge numbers', share: 80, make: (prng) => ({ value: withBare(prng, NUMBERS) }) },
  { name: 'deep nesting', share: 20, make: (prng) => ({ value: nested(prng) }) },
  { name: 'a long text of escapes', share: 6, make: (prng) => ({ value: withEscapes(prng) }) },
  { name: 'built-in names as fields', share: 200, make: (prng) => ({ value: withBuiltIns(prng) }) },
  { name: 'repeated fields', share: 150, make: (prng) => ({ value: withRepeatedFields(prng) }) },
  { name: 'random keys', share: 200, make: (prng) => ({ key: bytes(prng, prng.below(300)), value: valid(prng) }) },
  { name: 'long keys', share: 4, make: (prng) => ({ key: Buffer.alloc(MEGABYTE, prng.below(256)), value: null }) },
  {
    name: 'long keys of bad records',
    share: 4,
    make: (prng) => ({ key: bytes(prng, MEGABYTE), value: bytes(prng, 9) }),
  },
  { name: 'hostile headers', share: 200, make: (prng) => ({ headers: hostileHeaders(prng), value: valid(prng) }) },
  {
    name: 'hostile headers of bad records',
    share: 200,
    make: (prng) => ({ headers: hostileHeaders(prng), value: bytes(prng, 20) }),
  },
  { name: 'many headers', share: 4, make: (prng) => ({ headers: manyHeaders(prng), value: bytes(prng, 20) }) },
  { name: 'long headers', share: 5, make: (prng) => ({ headers: longHeaders(prng), value: bytes(prng, 20) }) },
  {
    name: 'odd timestamps',
    share: 100,
    make: (prng) => ({
      timestamp: prng.pick(['-1', '0', '1', '253402300800000', '9223372036854775807', '1700000000123456']),
      value: prng.chance(0.5) ? valid(prng) : bytes(prng, 30),
    }),
  },
  { name: 'as large as the topic allows', share: 3, make: (prng) => ({ value: bytes(prng, TOPIC_LIMIT) }) },
  {
    name: 'at the limit of a record',
    share: 8,
    make: (prng) => ({ value: Buffer.concat([valid(prng), Buffer.alloc(maxBytes - 2_000 + prng.below(4_000), ' ')]) }),
  },
  { name: 'empty', share: 50, make: () => ({ value: Buffer.alloc(0) }) },
  { name: 'tombstones', share: 150, make: (prng) => ({ key: bytes(prng, prng.below(100)), value: null }) },
];
const SHARES = FAMILIES.reduce((sum, { share }) => sum + share, 0);
const ALL_SHARES = 10_000;

/** One record of a seed's sequence, independent of the others. Most come from the generator that both engines are compared with. */
export function hostileRecord(seed: number, number: number): HostileRecord {
  const prng = new Prng(seed ^ 0x5eed, number);
  let turn = prng.below(ALL_SHARES);
  if (turn >= SHARES) return fuzzed(seed, number);
  const family = FAMILIES.find(({ share }) => (turn -= share) < 0)!;
  return { family: family.name, key: null, value: null, headers: {}, ...family.make(prng) };
}

function fuzzed(seed: number, number: number): HostileRecord {
  const { family, value, headers } = randomRecord(seed, number);
  return { family, key: null, value, headers: headersOf(headers.map(([name, text]) => [name, text ?? ''])) };
}

/** Always with a value, because kafkajs cannot send a header without one. */
function headersOf(pairs: readonly (readonly [name: string, value: string | Buffer])[]): IHeaders {
  const headers = Object.create(null) as Record<string, (string | Buffer)[]>;
  for (const [name, value] of pairs) (headers[name] ??= []).push(value);
  return headers;
}

function documentOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields);
}

function valid(prng: Prng): Buffer {
  return Buffer.from(JSON.stringify(documentOf(validMessage(prng))));
}

function bytes(prng: Prng, length: number): Buffer {
  const result = Buffer.allocUnsafe(length);
  let at = 0;
  for (; at + 4 <= length; at += 4) result.writeUInt32LE(prng.uint32(), at);
  for (; at < length; at++) result[at] = prng.below(256);
  return result;
}

function cutOff(value: Buffer, prng: Prng): Buffer {
  return value.subarray(0, prng.below(value.length));
}

function flipped(value: Buffer, prng: Prng): Buffer {
  for (let n = prng.between(1, 4); n > 0; n--) value[prng.below(value.length)]! ^= 1 << prng.below(8);
  return value;
}

function withTypes(prng: Prng): Buffer {
  const document = documentOf(validMessage(prng));
  for (let n = prng.between(1, 6); n > 0; n--) {
    const { name } = prng.pick(contract.columns);
    document[name] = prng.pick([
      null,
      true,
      false,
      0,
      -1.5,
      [],
      {},
      [[]],
      ['1'],
      { id: 1 },
      Number(document[name]),
      1e21,
    ]);
  }
  return Buffer.from(JSON.stringify(document));
}

function withOtherFields(prng: Prng): Buffer {
  const document = documentOf(validMessage(prng));
  delete document[prng.pick(contract.columns).name];
  for (let n = prng.below(100); n > 0; n--) document[`field ${prng.uint32()}`] = prng.uint32();
  return Buffer.from(JSON.stringify(document));
}

function withTexts(prng: Prng, texts: readonly string[]): Buffer {
  const document = documentOf(validMessage(prng));
  for (let n = prng.between(1, 3); n > 0; n--) document[prng.pick(contract.columns).name] = prng.pick(texts);
  return Buffer.from(JSON.stringify(document));
}

/** A member with a value that is not quoted, before all others. */
function withBare(prng: Prng, values: readonly string[]): Buffer {
  const { name } = prng.pick([...contract.columns, { name: 'extra' }]);
  return Buffer.from(`{"${name}":${prng.pick(values)},${valid(prng).toString().slice(1)}`);
}

/** 100,000 brackets in all, closed or not. */
function nested(prng: Prng): Buffer {
  const [open, close] = prng.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  const levels = prng.pick([1_001, 50_000, 100_000]);
  const text = open.repeat(levels) + '1' + (prng.chance(0.7) ? close.repeat(levels) : '');
  return prng.chance(0.5) ? Buffer.from(text) : withBare(prng, [text]);
}

/** With a number, so that the record takes the way that keeps the digits of numbers. */
function withEscapes(prng: Prng): Buffer {
  const escape = prng.pick(['\\n', '\\"', '\\\\', '\\u0041', '\\ud83d\\ude00']);
  return withBare(prng, [`1,"id":7,"extra":"${escape.repeat(Math.floor(1_000_000 / escape.length))}"`]);
}

function withBuiltIns(prng: Prng): Buffer {
  const value = prng.pick(['{"id":"1","channel":"sms"}', 'null', '"x"', '1', '[]', '{"toString":1}']);
  return Buffer.from(`{"${prng.pick(BUILT_IN)}":${value},${valid(prng).toString().slice(1)}`);
}

function withRepeatedFields(prng: Prng): Buffer {
  const [one, other] = [valid(prng).toString(), valid(prng).toString()];
  return Buffer.from(`${one.slice(0, -1)},${other.slice(1)}`);
}

function hostileHeaders(prng: Prng): IHeaders {
  const name = () =>
    prng.pick([
      ...BUILT_IN,
      unparsableHeader,
      fileHeader,
      lineHeader,
      '',
      '\0',
      '\u202e',
      ...INJECTIONS,
      'a'.repeat(9_000),
    ]);
  return headersOf(Array.from({ length: prng.between(1, 6) }, () => [name(), bytes(prng, prng.below(40))]));
}

function manyHeaders(prng: Prng): IHeaders {
  const isRepeated = prng.chance(0.7);
  return headersOf(Array.from({ length: 50_000 }, (_, i) => [isRepeated ? 'a' : String(i), '']));
}

function longHeaders(prng: Prng): IHeaders {
  const name = prng.pick([fileHeader, lineHeader]);
  return headersOf([
    [unparsableHeader, 'x'],
    [name, 'x'.repeat(2 * MEGABYTE)],
  ]);
}

import { type Prng } from '#sample-data/prng.js';

/** Alterations of a document. Most make it invalid JSON or invalid UTF-8; the cleaners must tell which ones. */

/** Close to JSON: forms that lenient parsers accept. */
const INVALID_JSON = [
  ...['NaN', 'Infinity', '-Infinity', 'undefined', 'None', 'True', 'nul', 'nulll', 'truefalse', "'a'", '`a`', 'abc'],
  ...['+1', '.5', '1.', '01', '-01', '0x1', '1e', '1e+', '--1', '-', '1_0', '1n', '1 2', '1,,2', '٣', '1e5.5', '-Inf'],
  ...[
    '/*x*/1',
    '1//x\n',
    '#x\n1',
    '"a" "b"',
    '"a"+"b"',
    '"a"b',
    '"',
    '""""',
    '\\"a\\"',
    '"\\"',
    '[1,]',
    '{,}',
    '{"a"}',
  ],
  ...[
    '{"a":}',
    '{a:1}',
    '{1:1}',
    '{null:1}',
    '{"a":1,}',
    "{'a':1}",
    '[1 2]',
    '{"a":1 "b":2}',
    '[}',
    '{]',
    ']',
    '}',
    ':',
    '',
  ],
  ...[
    '"\\x41"',
    '"\\\'"',
    '"\\u12"',
    '"\\u{41}"',
    '"\\U0041"',
    '"\\a"',
    '"\\0"',
    '"\\v"',
    '"\\u00zz"',
    '"\\ud8"',
    '"\\\n"',
  ],
  ...['"\\ud800\\u"', '"\\u\\u0041"', '"\\u005\\\\"', '"\\u\\""', '"a\nb"', '"a\tb"', '"a\0b"', '"a\x1fb"', '"\x7f"'],
];
const BARE_KEYS = ['1', ' 1 ', '\n-1', 'true', ' false ', 'null', '1.5e3', 'id', ''];
const INVALID_SPACE = ['\f', '\v', '\0', '\x1f', '\x85', '\xa0', '\u2003', '\u2028', '\u3000', '\ufeff'];
const AFTER = [
  ...[
    'x',
    '}',
    ']',
    ',',
    ':',
    '{}',
    ' {}',
    'null',
    ' 1',
    '"',
    '\\',
    '\0',
    '\x1a',
    ';',
    '//',
    '/**/',
    '\n{}',
    ' \n\t',
    ']}',
    '}}',
  ],
  ...['],"elements":[{}', ',{"end":""}', ',{"end":""}]}', ',"', '"}', '}]', ',1', '\ufeff'],
];
const BEFORE = ['\ufeff', ' ', '\n', '\0', ")]}'\n", '[', '{', '"', '1', ',', '\xa0', '//\n', '\x1e', 'null', '\\'];
const STRUCTURE = '{}[]:,"\\';

/** @param document an object as JSON text */
export function breakText(document: string, prng: Prng): string {
  switch (prng.below(8)) {
    case 0: {
      const member = prng.chance(0.5)
        ? `"extra":${prng.pick(INVALID_JSON)}`
        : `${prng.pick([...INVALID_JSON, ...BARE_KEYS])}:1`;
      return insertMember(document, member, prng);
    }
    case 1:
      // Replaces an existing value. A field's own text has no such colon; otherwise another text is broken instead.
      return replaceOne(document, /:\s*(?:"[^"]*"|[^,"}]+)/g, () => `:${prng.pick(INVALID_JSON)}`, prng);
    case 2:
      return replaceOne(document, /[{}[\]:,"\\]/g, () => prng.pick(['', ...STRUCTURE, "'", ';', '=']), prng);
    case 3:
      return replaceOne(
        document,
        /[{}[\]:,]/g,
        (character) => prng.pick([character + prng.pick(INVALID_SPACE), `/**/${character}`, `${character}//\n`]),
        prng,
      );
    case 4:
      return document + prng.pick(AFTER);
    case 5:
      return prng.pick(BEFORE) + document;
    case 6:
      return document.slice(0, prng.below(document.length + 1));
    default:
      return prng.pick([
        `${document}${document}`,
        `${document},${document}`,
        `[${document}]`,
        document.replaceAll('"', "'"),
        document.replaceAll('"', ''),
      ]);
  }
}

function insertMember(document: string, member: string, prng: Prng): string {
  const end = document.lastIndexOf('}');
  const begin = document.indexOf('{') + 1;
  return prng.chance(0.5)
    ? `${document.slice(0, end)},${member}${document.slice(end)}`
    : `${document.slice(0, begin)}${member},${document.slice(begin)}`;
}

function replaceOne(text: string, pattern: RegExp, replacement: (found: string) => string, prng: Prng): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { 0: part, index } = prng.pick(found);
  return text.slice(0, index) + replacement(part) + text.slice(index + part.length);
}

/** Bytes that never occur in UTF-8, truncated and overlong sequences, surrogates, code points above U+10FFFF; and valid ones. */
const BYTES = [
  ...[
    'ff',
    'fe',
    '80',
    'bf',
    'c3',
    'd0',
    'e282',
    'f09f98',
    'c080',
    'c0af',
    'e08080',
    'eda080',
    'edbfbf',
    'eda0bdedb880',
    'f4908080',
    'f8888080',
  ],
  ...['00', '0a', '7f', 'c280', 'c3a4', 'efbfbf', 'efbbbf', 'f48fbfbf', 'ed9fbf', 'ee8080', '22', '5c', '2c', '20'],
].map((hex) => Buffer.from(hex, 'hex'));
/** One of each class that JSON, the contract or UTF-8 distinguishes. */
const SINGLE = Buffer.from(' tfTZ."\\,{}[]:-+=_/0123569Aaez\t\n\x00\x7f\x80\xe4\xff', 'latin1');

/** Changes, inserts or removes some bytes anywhere. */
export function breakBytes(bytes: Buffer, prng: Prng): Buffer {
  const at = prng.below(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  const single = Buffer.of(prng.pick([...SINGLE]));
  switch (prng.below(6)) {
    case 0:
      return Buffer.concat([before, prng.pick(BYTES), after]);
    case 1:
      return Buffer.concat([before, single, after]);
    case 2:
      return Buffer.concat([before, single, after.subarray(1)]);
    case 3:
      return Buffer.concat([before, after.subarray(prng.between(1, 3))]);
    case 4:
      // Repeats some bytes: a torn multi-byte sequence, or a duplicate field.
      return Buffer.concat([bytes.subarray(0, at + prng.between(1, 30)), after]);
    default:
      return prng.chance(0.9)
        ? Buffer.concat([before, prng.pick(BYTES), after.subarray(1)])
        : Buffer.from(bytes.toString(), 'utf16le');
  }
}

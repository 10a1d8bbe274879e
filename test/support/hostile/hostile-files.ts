import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createGzip, deflateSync, gzipSync } from 'node:zlib';
import { Prng } from '#sample-data/prng.js';
import { COLUMNS, csv, range } from '../message-csv.js';
import { zipArchive } from '../zip.js';

/** What the producer must do with a file. */
export interface Expected {
  /** Ids of the rows that are sent, each once. */
  readonly ids?: readonly number[];
  /** Whether only the first of `ids` are sent, because the file is damaged somewhere. */
  readonly isPrefix?: boolean;
  /** Number of records that are sent as lines that do not parse. */
  readonly unparsable?: number;
  /** Code and remedy of the error. Without it, the file is produced. */
  readonly error?: readonly [code: string, remedy: RegExp];
}

export interface HostileFile extends Expected {
  readonly kind: string;
  readonly name: string;
  /** Creates the file at this path. */
  readonly create: (path: string) => Promise<void> | void;
}

type Content = Buffer | string;

interface Kind {
  readonly name: string;
  readonly extension?: string;
  /** @param from the first id of the file's rows @param to the id after the last one @param turn 0, 1, … for each file of the kind */
  make(from: number, to: number, turn: number, prng: Prng): Expected & { content: Content | HostileFile['create'] };
}

const HEADER = COLUMNS.join(',');
const MEBIBYTE = 1024 * 1024;
/** Of the producer's reader; a longer line comes in pieces of this size. */
const LONGEST_LINE = 4 * MEBIBYTE;

const lines = (from: number, to: number, columns = COLUMNS) => csv(from, to, columns).split('\n').slice(1, -1);
const file = (rows: readonly string[], header = HEADER, end = '\n') => [header, ...rows].join(end) + end;
const refused = (code: string, remedy: RegExp) => ({ error: [code, remedy] as const });
const badHeader = (problem: RegExp) => refused('CSV_HEADER_INVALID', problem);
const badFormat = (remedy: RegExp) => refused('CSV_FORMAT_UNKNOWN', remedy);

/** In the middle of the rows, another line. */
function withLine(from: number, to: number, line: Content, prng: Prng): Buffer {
  const rows = lines(from, to).map((each) => Buffer.from(`${each}\n`));
  rows.splice(prng.below(rows.length + 1), 0, Buffer.concat([Buffer.from(line), Buffer.from('\n')]));
  return Buffer.concat([Buffer.from(`${HEADER}\n`), ...rows]);
}

function utf16(text: string, order: 'LE' | 'BE', mark: string): Buffer {
  const bytes = Buffer.from(mark + text, 'utf16le');
  return order === 'LE' ? bytes : bytes.swap16();
}

function altered(bytes: Buffer, at: number, mask: number): Buffer {
  bytes[at < 0 ? bytes.length + at : at]! ^= mask;
  return bytes;
}

const READ: readonly Kind[] = [
  { name: 'a byte order mark', make: (from, to) => ({ content: `\ufeff${csv(from, to)}`, ids: range(from, to) }) },
  {
    name: 'other line ends',
    make: (from, to, turn) => ({
      content:
        turn % 2 === 0 ? file(lines(from, to), HEADER, '\r\n') : csv(from, to).replaceAll(/\n(?=\d*[02468],)/g, '\r\n'),
      ids: range(from, to),
    }),
  },
  { name: 'no newline at the end', make: (from, to) => ({ content: csv(from, to).trimEnd(), ids: range(from, to) }) },
  {
    name: 'columns in another order',
    make: (from, to, turn, prng) => ({
      content: csv(from, to, prng.shuffle([...COLUMNS, `extra ${turn}`, ''])),
      ids: range(from, to),
    }),
  },
  {
    name: 'the header in between, too',
    make: (from, to, _, prng) => ({
      content: withLine(from, to, prng.pick([HEADER, `\ufeff${HEADER}\r`]), prng),
      ids: range(from, to),
    }),
  },
  {
    name: 'empty lines',
    make: (from, to) => ({ content: csv(from, to).replaceAll('\n', '\n\n\r\n'), ids: range(from, to) }),
  },
  {
    name: 'a header in capitals',
    make: (from, to) => ({ content: file(lines(from, to), HEADER.toUpperCase()), ids: range(from, to) }),
  },
  { name: 'only the header', make: (_from, _to, turn) => ({ content: HEADER + ['', '\n', '\r\n'][turn % 3]! }) },
  {
    name: 'line ends within quotes',
    make: (from, to) => ({
      content: csv(from, to).replaceAll(/uuid-(\d+)/g, '"a\n""b"",\r\n$1"'),
      ids: range(from, to),
    }),
  },
  {
    name: 'a NUL in a row',
    // Within the first 512 bytes, the file would count as binary.
    make: (from, to) => ({
      content: file(['\n'.repeat(512), ...lines(from, to).map((line) => line.replace('uuid-', 'uuid\0'))]),
      ids: range(from, to),
    }),
  },
  {
    name: 'concatenated gzip files',
    extension: '.csv.gz',
    make: (from, to, turn) => ({
      content: Buffer.concat([gzipSync(csv(from, from + 2)), gzipSync(csv(from + 2, to)), Buffer.alloc(turn * 100)]),
      ids: range(from, to),
    }),
  },
  { name: 'gzip under another name', make: (from, to) => ({ content: gzipSync(csv(from, to)), ids: range(from, to) }) },
  {
    name: 'text named .gz',
    extension: '.csv.gz',
    make: (from, to) => ({ content: csv(from, to), ids: range(from, to) }),
  },
  {
    name: 'an archive with other files',
    extension: '.zip',
    make: (from, to, turn) => ({
      content: zipArchive([
        ['README.txt', 'x'],
        ['__MACOSX/._m.csv', '\0'],
        ['holidays.csv', 'date,holiday\n'],
        [`${'folder/'.repeat(turn)}m.csv`, csv(from, to)],
      ]),
      ids: range(from, to),
    }),
  },
  {
    name: 'a line in Latin-1',
    make: (from, to, _, prng) => ({
      content: withLine(from, to, Buffer.from('caf\xe9,1', 'latin1'), prng),
      ids: range(from, to),
      unparsable: 1,
    }),
  },
  {
    name: 'a line of random bytes',
    make: (from, to, _, prng) => {
      // No line end, no quote, and not UTF-8.
      const noise = Array.from({ length: 200 }, () => prng.between(0x80, 0xff));
      return { content: withLine(from, to, Buffer.from([0xff, ...noise]), prng), ids: range(from, to), unparsable: 1 };
    },
  },
  {
    name: 'a line with too many or too few fields',
    make: (from, to, turn, prng) => ({
      content: withLine(from, to, ','.repeat(turn * 20), prng),
      ids: range(from, to),
      unparsable: turn === 0 ? 0 : 1,
    }),
  },
  {
    name: 'a cut off row',
    make: (from, to) => ({ content: csv(from, to) + `${to},uu`, ids: range(from, to), unparsable: 1 }),
  },
  {
    name: 'an unclosed quote',
    make: (from, to, _, prng) => ({
      content: withLine(from, to, '1,"never closed', prng),
      ids: range(from, to),
      unparsable: 1,
    }),
  },
  {
    name: 'a repeated header in another order',
    make: (from, to) => ({
      content: csv(from, to) + csv(to, to + 3, [...COLUMNS].reverse()),
      ids: range(from, to),
      ...badHeader(/in a different order than line 1\. Put the lines .*tail -n \+\d+ /),
    }),
  },
  {
    name: 'gzip with other data after it',
    extension: '.csv.gz',
    make: (from, to, turn) => ({
      content: Buffer.concat([
        gzipSync(csv(from, to)),
        Buffer.from(['garbage', '\x1f', '\x1f\x8b\x08'][turn % 3]!, 'latin1'),
      ]),
      ids: range(from, to),
      ...(turn % 3 === 0
        ? refused('CSV_GZIP_CORRUPT', /other data follows its end\. Fetch the file again/)
        : refused('CSV_GZIP_TRUNCATED', /Fetch the file again/)),
    }),
  },
  {
    name: 'gzip with a wrong checksum or length',
    extension: '.csv.gz',
    make: (from, to, turn) => ({
      content: altered(gzipSync(csv(from, to)), turn % 2 === 0 ? -8 : -4, 1),
      ids: range(from, to),
      ...refused('CSV_GZIP_CORRUPT', /(checksum|length) differs\. Fetch the file again/),
    }),
  },
  {
    name: 'gzip that is cut off',
    extension: '.csv.gz',
    make: (from, to, _, prng) => {
      const whole = gzipSync(csv(from, to));
      return {
        content: whole.subarray(0, prng.between(60, whole.length - 1)),
        ids: range(from, to),
        isPrefix: true,
        ...refused('CSV_GZIP_TRUNCATED', /Fetch the file again/),
      };
    },
  },
];

const REFUSED: readonly Kind[] = [
  ...(['LE', 'BE'] as const).flatMap((order) =>
    ['', '\ufeff'].map((mark): Kind => ({
      name: `UTF-16${order}${mark === '' ? '' : ' with a mark'}`,
      make: (from, to, turn) => {
        const bytes = utf16(csv(from, to), order, mark);
        return { content: turn % 2 === 0 ? bytes : gzipSync(bytes), ...badFormat(/Convert it: iconv -f UTF-16/) };
      },
    })),
  ),
  {
    name: 'nothing',
    make: (_from, _to, turn) => ({
      content: ['', '\n\n', gzipSync('')][turn % 3]!,
      ...badHeader(/is empty\. Expected a header/),
    }),
  },
  {
    name: 'no header',
    make: (from, to) => ({ content: lines(from, to).join('\n'), ...badHeader(/is not a header\. Expected a header/) }),
  },
  {
    name: 'a missing column',
    make: (from, to, turn) => ({
      content: csv(from, to, COLUMNS.toSpliced(turn % COLUMNS.length, 1)),
      ...badHeader(/the header lacks \w+\. Expected/),
    }),
  },
  {
    name: 'a repeated column',
    make: (from, to, turn) => ({
      content: csv(from, to, [...COLUMNS, COLUMNS[turn]!]),
      ...badHeader(/names \w+ more than once\. Expected/),
    }),
  },
  {
    name: 'other separators',
    make: (from, to, turn) => ({
      content: csv(from, to).replaceAll(',', ';\t|'[turn % 3]!),
      ...badHeader(/separated by .*Convert it: python3/),
    }),
  },
  {
    name: 'CR alone',
    make: (from, to) => ({ content: csv(from, to).replaceAll('\n', '\r'), ...badHeader(/CR alone.*Convert it: tr/) }),
  },
  {
    name: 'binary data',
    make: (_from, _to, turn, prng) => {
      const magic = ['89504e470d0a1a0a0000000d', '7f454c4602010100', '0000000000000000', 'cafebabe00000041'][turn % 4]!;
      const noise = Buffer.from(Array.from({ length: 3_000 }, () => prng.below(256)));
      return {
        content: Buffer.concat([Buffer.from(magic, 'hex'), noise]),
        ...badFormat(/binary data.*Check what it is: file /),
      };
    },
  },
  {
    name: 'gzip within gzip',
    make: (from, to) => ({ content: gzipSync(gzipSync(csv(from, to))), ...badFormat(/Decompress it: gunzip/) }),
  },
  {
    name: 'not gzip',
    extension: '.csv.gz',
    make: (_from, _to, turn) => ({
      content: deflateSync(`${turn}\0`),
      ...refused('CSV_GZIP_CORRUPT', /no gzip header\. Fetch/),
    }),
  },
  {
    name: 'an archive of two message files',
    extension: '.zip',
    make: (from, to) => ({
      content: zipArchive([
        ['a.csv', csv(from, to)],
        ['b.csv', csv(from, to)],
      ]),
      ...refused('CSV_ZIP_INVALID', /Unpack it and name the file: unzip/),
    }),
  },
  {
    name: 'an archive that leads out of its folder',
    extension: '.zip',
    make: (from, to, turn) => ({
      content: zipArchive([[['../../m.csv', '/etc/m.csv', 'a/../../m.csv'][turn % 3]!, csv(from, to)]]),
      ...refused('CSV_ZIP_INVALID', /cannot be read: .*Fetch the file again/),
    }),
  },
  {
    name: 'an encrypted archive',
    extension: '.zip',
    make: (from, to) => {
      const zip = zipArchive([['m.csv', csv(from, to)]]);
      return {
        content: altered(zip, zip.indexOf('PK\x01\x02') + 8, 1),
        ...refused('CSV_ZIP_INVALID', /with its password: unzip/),
      };
    },
  },
  {
    name: 'a cut off archive',
    extension: '.zip',
    make: (from, to, _, prng) => ({
      content: zipArchive([['m.csv', csv(from, to)]]).subarray(0, prng.between(30, 200)),
      ...refused('CSV_ZIP_INVALID', /Fetch the file again/),
    }),
  },
];

const UNUSABLE: readonly Kind[] = [
  {
    name: 'a folder',
    make: () => ({
      content: async (path) => void (await mkdir(path)),
      ...refused('CSV_FILE_UNUSABLE', /Name the files in it/),
    }),
  },
  {
    name: 'a pipe',
    make: () => ({
      content: (path) => void execFileSync('mkfifo', [path]),
      ...refused('CSV_FILE_UNUSABLE', /Write it to a file first/),
    }),
  },
  {
    name: 'a dangling link',
    make: () => ({
      content: (path) => symlink('nowhere', path),
      ...refused('CSV_FILE_UNUSABLE', /Remove or correct it/),
    }),
  },
  {
    name: 'a link to itself',
    make: () => ({ content: (path) => symlink(path, path), ...refused('CSV_FILE_UNUSABLE', /Remove or correct it/) }),
  },
];

/** One of each, because they are large. */
const LARGE: readonly Kind[] = [
  {
    name: 'a line of 100 MiB',
    make: (from, to) => ({
      content: (path) => repeated(path, csv(from, to), 'x'.repeat(MEBIBYTE), 100, ''),
      ids: range(from, to),
      unparsable: (100 * MEBIBYTE) / LONGEST_LINE,
    }),
  },
  {
    name: 'a line of 16 MiB after a quote',
    extension: '.csv.gz',
    make: (from, to) => ({
      content: (path) => repeated(path, `${csv(from, to)}"`, ',\r'.repeat(MEBIBYTE / 2), 16, ''),
      ids: range(from, to),
      unparsable: (16 * MEBIBYTE) / LONGEST_LINE + 1,
    }),
  },
  {
    name: 'an unclosed quote before 8 MiB of empty lines',
    make: (from, to) => ({
      content: (path) => repeated(path, `${csv(from, to)}1,"\n`, '\n'.repeat(MEBIBYTE), 8, lines(to, to + 1).join()),
      ids: range(from, to + 1),
      unparsable: 1,
    }),
  },
  {
    name: '256 MiB of zeros in gzip',
    extension: '.csv.gz',
    make: () => ({
      content: (path) => repeated(path, '', '\0'.repeat(MEBIBYTE), 256, ''),
      ...badFormat(/binary data/),
    }),
  },
  {
    name: '256 MiB of short lines in gzip',
    extension: '.csv.gz',
    make: () => ({
      content: (path) => repeated(path, '', 'a\n'.repeat(MEBIBYTE / 2), 256, ''),
      ...badHeader(/is not a header/),
    }),
  },
];

async function repeated(path: string, before: string, piece: string, times: number, after: string): Promise<void> {
  const target = createWriteStream(path);
  const output = path.endsWith('.gz') ? createGzip({ level: 1 }) : target;
  if (output !== target) output.pipe(target);
  output.write(before);
  for (let i = 0; i < times; i++) if (!output.write(piece)) await once(output, 'drain');
  output.end(after);
  await once(target, 'close');
}

/** Names that a shell, a pattern or a log may misread. */
const NAMES = [
  'a b',
  "quo'te",
  '$(id)',
  '[1]',
  'star*',
  'ques?tion',
  'ünïcode 日本',
  'new\nline',
  '-rf',
  '%2e',
  '\u202efdp',
];

/** `count` files of a seed's sequence. Files that are refused before anything is sent are named `refused-…`. */
export function hostileFiles(seed: number, count: number): HostileFile[] {
  const kinds = [...LARGE, ...UNUSABLE];
  const small = [...READ, ...REFUSED];
  const files = Array.from({ length: count }, (_, number) => {
    const prng = new Prng(seed, number);
    const kind = kinds[number] ?? small[(number - kinds.length) % small.length]!;
    const turn = kinds[number] ? 0 : Math.floor((number - kinds.length) / small.length);
    const from = number * 1_000 + 1;
    const { content, ...expected } = kind.make(from, from + prng.between(3, 40), turn, prng);
    const first = REFUSED.includes(kind) ? 'refused' : UNUSABLE.includes(kind) ? 'unusable' : 'read';
    // The name stands in error messages, which are compared, so only files that are read have an odd one.
    const odd = expected.error === undefined ? ` ${prng.pick(NAMES)}` : '';
    return {
      ...{ kind: kind.name, name: `${first}-${number}${odd}${kind.extension ?? '.csv'}` },
      create: typeof content === 'function' ? content : (path: string) => writeFile(path, content),
      ...expected,
    };
  });
  return files;
}

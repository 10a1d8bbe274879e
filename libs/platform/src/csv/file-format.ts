import { CsvError } from './csv-error.js';
import { isGzip } from './gzip-members.js';

/** How the text of a file is stored. The file name does not matter. */
export type Container = 'gzip' | 'zip' | 'plain';

interface Format {
  /** The name with its article. */
  readonly name: string;
  /** The command that turns it into a CSV file, or other advice. @param file quoted for a shell */
  readonly remedy: (file: string) => string;
  readonly matches: (head: Buffer) => boolean;
}

const ZIP = [Buffer.from('PK\x03\x04'), Buffer.from('PK\x05\x06')];
/** This many first bytes are enough to recognize a format. */
export const HEAD_BYTES = 512;

/** @param head the first bytes as they are on disk */
export function containerOf(path: string, head: Buffer): Container {
  if (isGzip(head)) return 'gzip';
  if (ZIP.some((magic) => startsWith(head, magic))) return 'zip';
  // A damaged .gz file is reported as such; plain text named .gz is read as text.
  return /\.gz$/i.test(path) && !isText(head) ? 'gzip' : 'plain';
}

const saveAsCsv = () => 'Open it and save it as "CSV UTF-8 (comma delimited)".';
const byPandas = (read: string) => (file: string) =>
  `Convert it: python3 -c 'import pandas, sys; pandas.${read}(sys.argv[1]).to_csv(sys.argv[2], index=False)' ${file} converted.csv`;
const run = (command: string) => (file: string) => `Decompress it: ${command} ${file}`;

/** Checked in this order. */
const FORMATS: readonly Format[] = [
  { name: 'gzip data within compressed data', remedy: run('gunzip -k'), matches: isGzip },
  { name: 'a zip archive within compressed data', remedy: run('unzip'), matches: (head) => startsWith(head, ZIP[0]!) },
  { name: 'Zstandard data', remedy: run('zstd -d'), matches: magic('28b52ffd') },
  { name: 'bzip2 data', remedy: run('bunzip2 -k'), matches: magic('425a68') },
  { name: 'xz data', remedy: run('xz -dk'), matches: magic('fd377a585a00') },
  { name: 'LZ4 data', remedy: run('lz4 -d'), matches: magic('04224d18') },
  { name: 'a 7-Zip archive', remedy: run('7z x'), matches: magic('377abcaf271c') },
  { name: 'a RAR archive', remedy: run('unrar x'), matches: magic('526172211a07') },
  { name: 'compress (.Z) data', remedy: run('gunzip -k'), matches: magic('1f9d') },
  { name: 'a tar archive', remedy: run('tar -xf'), matches: (head) => head.toString('latin1', 257, 262) === 'ustar' },
  { name: 'a Parquet file', remedy: byPandas('read_parquet'), matches: magic('50415231') },
  { name: 'an ORC file', remedy: byPandas('read_orc'), matches: (head) => /^ORC[^\w,;]/.test(head.toString('latin1')) },
  {
    name: 'an Arrow file',
    remedy: byPandas('read_feather'),
    matches: (head) => startsWith(head, Buffer.from('ARROW1')),
  },
  { name: 'an Excel workbook (.xls)', remedy: saveAsCsv, matches: magic('d0cf11e0') },
  {
    name: 'a Git LFS pointer',
    remedy: () => 'Fetch the file itself: git lfs pull',
    matches: (head) => startsWith(head, Buffer.from('version https://git-lfs')),
  },
  {
    name: 'a web page or XML',
    remedy: () => 'Fetch the file again; a download that needs a login returns a page instead.',
    matches: (head) => /^(\xef\xbb\xbf)?\s*<(!|\?|html)/i.test(head.toString('latin1')),
  },
  unicode('UTF-32', 'LE', 'fffe0000', [1, 0, 0, 0]),
  unicode('UTF-32', 'BE', '0000feff', [0, 0, 0, 1]),
  unicode('UTF-16', 'LE', 'fffe', [1, 0, 1, 0]),
  unicode('UTF-16', 'BE', 'feff', [0, 1, 0, 1]),
];

/**
 * Refuses a file that is not CSV text, judging by its first bytes.
 * @param head the first bytes, decompressed
 * @throws CsvError CSV_FORMAT_UNKNOWN that names the format and the command that converts it
 */
export function refuseOtherFormats(path: string, head: Buffer): void {
  const format = FORMATS.find(({ matches }) => matches(head));
  if (format !== undefined) {
    throw new CsvError('CSV_FORMAT_UNKNOWN', `${path} is ${format.name}, not CSV text. ${format.remedy(quoted(path))}`);
  }
  if (!isText(head.subarray(0, HEAD_BYTES))) {
    throw new CsvError(
      'CSV_FORMAT_UNKNOWN',
      `${path} contains binary data, not CSV text. Check what it is: file ${quoted(path)}`,
    );
  }
}

/** A path, quoted as one word for a shell. */
export function quoted(path: string): string {
  return /^[\w./+:@%,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

/** @param letters pattern of the first ASCII characters: 0 for a zero byte, 1 for any other */
function unicode(name: string, order: 'LE' | 'BE', mark: string, letters: readonly number[]): Format {
  return {
    name: `${name} text`,
    // With an explicit byte order iconv keeps the byte order mark, which the reader skips; files without a mark need it.
    remedy: (file) => `Convert it: iconv -f ${name}${order} -t UTF-8 ${file} > converted.csv`,
    matches: (head) => magic(mark)(head) || looksLike(head, letters),
  };
}

function isText(head: Buffer): boolean {
  return head.every((byte) => byte >= 9);
}

function startsWith(head: Buffer, bytes: Buffer): boolean {
  return head.subarray(0, bytes.length).equals(bytes);
}

function magic(hex: string): (head: Buffer) => boolean {
  const bytes = Buffer.from(hex, 'hex');
  return (head) => startsWith(head, bytes);
}

/** Whether the first bytes are ASCII characters with zero bytes where the pattern has them. */
function looksLike(head: Buffer, pattern: readonly number[]): boolean {
  const bytes = [...head.subarray(0, 4)];
  return bytes.length === 4 && bytes.every((byte, i) => (pattern[i] === 0 ? byte === 0 : byte > 0 && byte < 0x80));
}

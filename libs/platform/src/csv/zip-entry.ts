import { crc32 } from 'node:zlib';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '../errors/message-of.js';
import { CsvError } from './csv-error.js';
import { fileCalls } from './file-calls.js';
import { quoted } from './file-format.js';
import type { SourceFile } from './source-file.js';

const SHOWN = 5;
/** Stored and deflate. (Windows uses Deflate64 for large files.) */
const METHODS: readonly number[] = [0, 8];

/**
 * Yields the uncompressed bytes of the only CSV file in a zip archive, or of the only one with the columns.
 * @throws CsvError CSV_ZIP_INVALID
 */
export async function* unzip(file: SourceFile, columns: readonly string[]): AsyncGenerator<Buffer, void> {
  const invalid = (problem: string, cause?: unknown): CsvError =>
    new CsvError('CSV_ZIP_INVALID', `${file.path} ${problem}`, { cause });
  let sum = 0;
  let read = 0;
  let entry: Entry;
  try {
    const zip = await fileCalls.run(file.path, () => fromFdPromise(file.fd, { autoClose: false }));
    const entries = await entriesOf(zip, file.path);
    const csvFiles = csvFilesOf(entries, file.path);
    const candidates = csvFiles.length > 1 ? await withColumns(zip, file.path, csvFiles, columns) : csvFiles;
    entry = onlyOne(candidates, entries, file.path, invalid);
    for await (const chunk of content(zip, file.path, entry)) {
      sum = crc32(chunk, sum);
      yield chunk;
      read += chunk.length;
      file.bytesRead = Math.floor((file.size * read) / entry.uncompressedSize);
    }
  } catch (error) {
    if (fileCalls.ended || error instanceof CsvError || (error instanceof Error && 'syscall' in error)) throw error;
    throw invalid(`is a zip archive that cannot be read: ${messageOf(error)}. Fetch the file again.`, error);
  }
  if (sum !== entry.crc32) throw invalid(`is damaged: the checksum of ${entry.fileName} differs. Fetch it again.`);
  file.bytesRead = file.size;
  await file.checkUnchanged();
}

async function* content(zip: ZipFile, path: string, entry: Entry): AsyncGenerator<Buffer, void> {
  const stream = await fileCalls.run(path, () => zip.openReadStreamPromise(entry));
  try {
    yield* fileCalls.each(path, stream as AsyncIterable<Buffer>);
  } finally {
    stream.destroy();
  }
}

async function entriesOf(zip: ZipFile, path: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of fileCalls.each(path, zip.eachEntry())) {
    // Skips folders and what macOS adds.
    if (!/\/$|(^|\/)(__MACOSX\/|\.)/.test(entry.fileName)) entries.push(entry);
  }
  return entries;
}

function csvFilesOf(entries: readonly Entry[], path: string): Entry[] {
  if (entries.some(({ fileName }) => fileName === '[Content_Types].xml' || fileName === 'content.xml')) {
    throw new CsvError(
      'CSV_FORMAT_UNKNOWN',
      `${path} is a spreadsheet or another office document, not CSV text. Open it and save it as "CSV UTF-8 (comma delimited)".`,
    );
  }
  return entries.filter(({ fileName }) => /\.csv$/i.test(fileName));
}

/** The entries with the columns: an archive may also contain other CSV files, such as the reference files of a data set. */
async function withColumns(
  zip: ZipFile,
  path: string,
  entries: readonly Entry[],
  columns: readonly string[],
): Promise<Entry[]> {
  const found: Entry[] = [];
  for (const entry of entries) {
    if (entry.isEncrypted() || !METHODS.includes(entry.compressionMethod)) continue;
    for await (const chunk of content(zip, path, entry)) {
      const [line = ''] = chunk.toString('utf8').split(/[\r\n]/, 1);
      const names = line.split(',').map((name) => name.replaceAll('"', '').replace('\ufeff', '').trim().toLowerCase());
      if (columns.every((column) => names.includes(column.toLowerCase()))) found.push(entry);
      break;
    }
  }
  return found;
}

function onlyOne(
  [entry, ...others]: readonly Entry[],
  entries: readonly Entry[],
  path: string,
  invalid: (problem: string) => CsvError,
): Entry {
  if (entry === undefined || others.length > 0) {
    const names = (entry === undefined ? entries : [entry, ...others]).map(({ fileName }) => fileName);
    const list = names.slice(0, SHOWN).join(', ') + (names.length > SHOWN ? ', …' : '');
    throw invalid(
      `contains ${entry === undefined ? 'no CSV file with the columns' : 'more than one CSV file with the columns'} (${list}). ` +
        `Unpack it and name the file: unzip ${quoted(path)}`,
    );
  }
  if (entry.isEncrypted()) throw invalid(`is encrypted. Unpack it with its password: unzip ${quoted(path)}`);
  if (!METHODS.includes(entry.compressionMethod)) {
    throw invalid(
      `is compressed by method ${entry.compressionMethod}, which cannot be read here. Unpack it and name the file: unzip ${quoted(path)}`,
    );
  }
  return entry;
}

import { crc32 } from 'node:zlib';
import { fromFdPromise, type Entry, type ZipFile } from 'yauzl';
import { messageOf } from '../errors/message-of.js';
import { CsvError } from './csv-error.js';
import { quoted } from './file-format.js';
import type { SourceFile } from './source-file.js';

const SHOWN = 5;

/**
 * The uncompressed bytes of the one CSV file in a zip archive.
 * @throws CsvError CSV_ZIP_INVALID
 */
export async function* unzip(file: SourceFile): AsyncGenerator<Buffer, void> {
  const invalid = (problem: string, cause?: unknown): CsvError =>
    new CsvError('CSV_ZIP_INVALID', `${file.path} ${problem}`, { cause });
  let sum = 0;
  let read = 0;
  let entry: Entry;
  try {
    const zip = await fromFdPromise(file.fd, { autoClose: false });
    entry = onlyCsv(await entriesOf(zip), file.path, invalid);
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      yield chunk;
      read += chunk.length;
      file.bytesRead = Math.floor((file.size * read) / entry.uncompressedSize);
    }
  } catch (error) {
    if (error instanceof CsvError || (error instanceof Error && 'syscall' in error)) throw error;
    throw invalid(`is a zip archive that cannot be read: ${messageOf(error)}. Fetch the file again.`, error);
  }
  if (sum !== entry.crc32) throw invalid(`is damaged: the check sum of ${entry.fileName} differs. Fetch it again.`);
  file.bytesRead = file.size;
  await file.checkUnchanged();
}

async function entriesOf(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) {
    // Folders, and what macOS adds.
    if (!/\/$|(^|\/)(__MACOSX\/|\.)/.test(entry.fileName)) entries.push(entry);
  }
  return entries;
}

function onlyCsv(entries: readonly Entry[], path: string, invalid: (problem: string) => CsvError): Entry {
  if (entries.some(({ fileName }) => fileName === '[Content_Types].xml' || fileName === 'content.xml')) {
    throw new CsvError(
      'CSV_FORMAT_UNKNOWN',
      `${path} is a spreadsheet or another office document, not CSV text. Open it and save it as "CSV UTF-8 (comma delimited)".`,
    );
  }
  const [entry, ...others] = entries.filter(({ fileName }) => /\.csv$/i.test(fileName));
  if (entry === undefined || others.length > 0) {
    const names = entries.slice(0, SHOWN).map(({ fileName }) => fileName);
    const list = names.join(', ') + (entries.length > SHOWN ? ', …' : '');
    throw invalid(
      `holds ${entry === undefined ? 'no CSV file' : 'more than one CSV file'} (${list}). Unpack it and name the file: ` +
        `unzip ${quoted(path)}`,
    );
  }
  if (entry.isEncrypted()) throw invalid(`is encrypted. Unpack it with its password: unzip ${quoted(path)}`);
  return entry;
}

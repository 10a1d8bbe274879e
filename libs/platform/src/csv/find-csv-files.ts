import { lstat, readdir, stat } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf } from '../errors/message-of.js';
import { CsvError } from './csv-error.js';
import { fileCalls } from './file-calls.js';

const WILDCARD = /[*?]/;
const CSV_NAME = /\.(csv|csv\.gz|csv\.zip|zip)$/i;
const SCHEME = /^[a-z][a-z0-9+.-]+:\/\//i;

/** The matches of a pattern. */
export interface Matches {
  /** Absolute paths of regular files. */
  readonly files: readonly string[];
  /** Matches that cannot be read, with the reason. */
  readonly unusable: readonly Unusable[];
}

export interface Unusable {
  /** Absolute path; bytes that are not UTF-8 are shown as U+FFFD. */
  readonly path: string;
  /** @example 'is a folder' */
  readonly reason: string;
}

/**
 * The absolute paths of all files that match the patterns (see `matchingFiles`), in name order, without duplicates.
 *
 * @throws CsvError CSV_FILE_NOT_FOUND, CSV_FILE_TYPE_UNKNOWN or CSV_FILE_UNUSABLE that lists all problems
 */
export async function findCsvFiles(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  const faults: CsvError[] = [];
  for (const pattern of patterns) {
    const { files, unusable } = await matchingFiles(pattern).catch((error: unknown) => {
      if (error instanceof CsvError || fileCalls.ended) throw error;
      const folder = { path: pattern, reason: `names a folder that cannot be read: ${messageOf(error)}` };
      return { files: [], unusable: [folder] };
    });
    if (files.length === 0 && unusable.length === 0) {
      faults.push(
        new CsvError('CSV_FILE_NOT_FOUND', `No file matches ${pattern} (${resolve(pattern)}). Check the path.`),
      );
    }
    faults.push(...unusable.map(unusableError));
    for (const file of files) found.add(file);
  }
  const files = [...found].sort();
  const unknown = files.filter((file) => !CSV_NAME.test(file));
  if (unknown.length > 0) faults.push(unknownType(unknown));
  const [fault] = faults;
  if (fault === undefined) return files;
  throw faults.length === 1 ? fault : new CsvError(fault.code, faults.map(({ message }) => message).join('\n'));
}

/** @throws CsvError CSV_FILE_TYPE_UNKNOWN */
export function refuseUnknownType(file: string): void {
  if (!CSV_NAME.test(file)) throw unknownType([file]);
}

export function unusableError({ path, reason }: Unusable): CsvError {
  return new CsvError('CSV_FILE_UNUSABLE', `${path} ${reason}.`);
}

function unknownType(files: readonly string[]): CsvError {
  return new CsvError(
    'CSV_FILE_TYPE_UNKNOWN',
    `${files.join(', ')}: only files named .csv, .csv.gz or .zip can be read. Narrow the pattern, or rename or convert the file.`,
  );
}

/**
 * Finds the files that match a path or pattern; none if the folder does not exist. `*` matches any characters and `?` one
 * character, both within one segment of the path; a leading dot must be written out. A file:// URL is accepted as a path.
 *
 * @throws CsvError CSV_FILE_UNUSABLE if the pattern is not a path; a system error if a folder cannot be read.
 */
export async function matchingFiles(pattern: string): Promise<Matches> {
  const absolute = resolve(pathOf(pattern));
  const { root } = parse(absolute);
  let paths = [root];
  const unusable: Unusable[] = [];
  for (const segment of absolute.slice(root.length).split(sep)) {
    if (!WILDCARD.test(segment)) paths = paths.map((path) => join(path, segment));
    else paths = (await Promise.all(paths.map((path) => entries(path, toRegExp(segment), unusable)))).flat();
  }
  const files: string[] = [];
  for (const { path, reason } of await Promise.all(paths.map(checkFile))) {
    if (reason === undefined) files.push(path);
    else if (reason !== ABSENT) unusable.push({ path, reason });
  }
  return { files, unusable };
}

function pathOf(pattern: string): string {
  const notAPath = (what: string): CsvError => new CsvError('CSV_FILE_UNUSABLE', `${pattern} ${what}`);
  if (/^file:\/\//i.test(pattern)) {
    try {
      return fileURLToPath(pattern);
    } catch (error) {
      throw notAPath(`is not a URL of a local file: ${messageOf(error)}. Give the path.`);
    }
  }
  if (SCHEME.test(pattern)) {
    throw notAPath('is a URL, not a file. Download it first, or mount the bucket and give the path there.');
  }
  if (pattern === '-' || /^\/dev\/(stdin|fd\/\d+)$/.test(pattern)) {
    throw notAPath('cannot be read, because an interrupted run could not resume there. Write it to a file first.');
  }
  return pattern;
}

/** Reads names as bytes: Linux allows any byte but `/` and NUL, and a wrongly decoded name could not be opened. */
async function entries(folder: string, name: RegExp, unusable: Unusable[]): Promise<string[]> {
  const listing = fileCalls.run(folder, () => readdir(folder, { encoding: 'buffer' }));
  const names = await listing.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  const paths: string[] = [];
  for (const bytes of names) {
    const entry = bytes.toString();
    if (!name.test(entry)) continue;
    const path = join(folder, entry);
    if (Buffer.from(entry).equals(bytes)) paths.push(path);
    else unusable.push({ path, reason: 'has a name that is not UTF-8. Rename it' });
  }
  return paths;
}

const ABSENT = 'is absent';
const REASONS: Readonly<Record<string, string>> = {
  ELOOP: 'is a symbolic link that leads back to itself. Remove or correct it',
  ENAMETOOLONG: 'has a name that is too long for the file system. Shorten it',
  EACCES: 'is in a folder that this user may not enter. Check the permissions of its folders',
};

/** @returns with a reason if it is not a file that can be read */
async function checkFile(path: string): Promise<{ path: string; reason?: string }> {
  try {
    const stats = await fileCalls.run(path, () => stat(path));
    if (stats.isFile()) return { path };
    if (stats.isDirectory()) return { path, reason: 'is a folder. Name the files in it, such as FOLDER/*.csv' };
    const kind = stats.isFIFO() ? 'a pipe' : stats.isSocket() ? 'a socket' : 'a device';
    return {
      path,
      reason: `is ${kind}; only a file can be read again after an interruption. Write it to a file first`,
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (fileCalls.ended) throw error;
    if (code !== 'ENOENT' && code !== 'ENOTDIR')
      return { path, reason: REASONS[code ?? ''] ?? `cannot be read: ${messageOf(error)}` };
    // A symbolic link may exist although its target does not.
    const isLink = await lstat(path).then(
      (stats) => stats.isSymbolicLink(),
      () => false,
    );
    return { path, reason: isLink ? 'is a symbolic link to a file that does not exist. Remove or correct it' : ABSENT };
  }
}

function toRegExp(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${source}$`, 's');
}

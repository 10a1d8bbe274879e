import { readdir, stat } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';
import { CsvError } from './csv-error.js';

const WILDCARD = /[*?]/;

/**
 * The absolute paths of the files that the patterns (see `matchingFiles`) name, in name order, each once.
 *
 * @throws CsvError CSV_FILE_NOT_FOUND, CSV_FILE_TYPE_UNKNOWN
 */
export async function findCsvFiles(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const files = await matchingFiles(pattern);
    if (files.length === 0) {
      throw new CsvError('CSV_FILE_NOT_FOUND', `No file matches ${pattern} (${resolve(pattern)}). Check the path.`);
    }
    for (const file of files) found.add(file);
  }
  const files = [...found].sort();
  refuseUnknownTypes(files);
  return files;
}

/** @throws CsvError CSV_FILE_TYPE_UNKNOWN */
export function refuseUnknownTypes(files: readonly string[]): void {
  const unknown = files.filter((file) => !/\.csv(\.gz)?$/.test(file));
  if (unknown.length > 0) {
    throw new CsvError(
      'CSV_FILE_TYPE_UNKNOWN',
      `${unknown.join(', ')}: only files named .csv or .csv.gz can be read. Narrow the pattern, or rename or convert the file.`,
    );
  }
}

/**
 * The absolute paths of the files that a path or pattern names, none where there is no such folder. `*` stands for any
 * characters, `?` for one, both within one segment of the path; a leading dot must be written out.
 *
 * @throws the system's error where it must not look.
 */
export async function matchingFiles(pattern: string): Promise<string[]> {
  const absolute = resolve(pattern);
  const { root } = parse(absolute);
  let paths = [root];
  for (const segment of absolute.slice(root.length).split(sep)) {
    if (!WILDCARD.test(segment)) paths = paths.map((path) => join(path, segment));
    else paths = (await Promise.all(paths.map((path) => entries(path, toRegExp(segment))))).flat();
  }
  const checked = await Promise.all(paths.map(async (path) => ((await isFile(path)) ? [path] : [])));
  return checked.flat();
}

async function entries(folder: string, name: RegExp): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
  return names.filter((entry) => name.test(entry)).map((entry) => join(folder, entry));
}

async function isFile(path: string): Promise<boolean> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  return stats?.isFile() ?? false;
}

function toRegExp(segment: string): RegExp {
  const source = segment
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${segment.startsWith('.') ? '' : '(?!\\.)'}${source}$`, 's');
}

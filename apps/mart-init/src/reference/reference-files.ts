import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileCalls } from '#platform/csv/file-calls.js';
import { REFERENCE_TABLES, type ReferenceTable } from '#schema/contract.js';
import { ReferenceFilesError } from './reference-files-error.js';

/** A reference table and the file that it is loaded from. */
export interface ReferenceFile {
  readonly table: ReferenceTable;
  /** Base name, for messages. */
  readonly name: string;
  readonly path: string;
}

/**
 * Finds the file of each reference table: plain, `.gz` or `.zip`, with its name in upper or lower case. An optional file may
 * be missing.
 * @throws ReferenceFilesError that names every missing or ambiguous file.
 */
export async function findReferenceFiles(folder: string): Promise<ReferenceFile[]> {
  const present = await listFolder(folder);
  const problems: string[] = [];
  const files = REFERENCE_TABLES.flatMap((table) => {
    const accepted = ['', '.gz', '.zip'].map((ending) => table.file + ending);
    const [name, second] = present.filter((entry) => accepted.includes(entry.toLowerCase())).sort();
    if (name === undefined && table.optional) return [];
    if (name === undefined) problems.push(`${table.file} is missing`);
    else if (second !== undefined) problems.push(`${name} and ${second} both exist, keep one`);
    else return [{ table, name, path: join(folder, name) }];
    return [];
  });
  if (problems.length > 0) throw new ReferenceFilesError(folder, problems);
  return files;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await fileCalls.run(folder, () => readdir(folder));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const problem = code === 'ENOENT' ? 'it does not exist' : code === 'ENOTDIR' ? 'it is not a folder' : message;
    throw new ReferenceFilesError(folder, [problem], { cause });
  }
}

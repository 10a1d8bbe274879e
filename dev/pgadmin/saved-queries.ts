import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Outside the folder, so that the file dialog does not show it. */
const LIST = 'saved-queries.json';

/**
 * Copies the saved queries into `folder`, where pgAdmin's file dialog opens. It is a copy so that nobody edits the project's
 * files from the browser. Queries that an earlier version copied and this one does not have are removed; users' own files
 * stay.
 * @param stateDir holds the list of copied files
 */
export async function copySavedQueries(source: string, folder: string, stateDir: string): Promise<string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const queries = (await readdir(source)).filter((name) => name.endsWith('.sql')).sort();
  const list = join(stateDir, LIST);
  for (const name of await readList(list)) {
    if (!queries.includes(name)) await rm(join(folder, name), { force: true });
  }
  await writeFile(list, JSON.stringify(queries));
  for (const name of queries) await copyFile(join(source, name), join(folder, name));
  return queries;
}

async function readList(list: string): Promise<string[]> {
  try {
    return JSON.parse(await readFile(list, 'utf8')) as string[];
  } catch {
    return [];
  }
}

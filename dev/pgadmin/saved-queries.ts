import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Not in the folder itself, where the dialog would show it. */
const LIST = 'saved-queries.json';

/**
 * Copies the saved queries into `folder`, where pgAdmin's file dialog begins. A copy, so that nobody changes the project's
 * files from the browser. Queries that an earlier version brought and this one does not are removed; files of other names
 * are somebody's own and stay.
 * @param stateDir keeps the list of what was copied
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

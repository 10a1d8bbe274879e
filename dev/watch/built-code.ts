import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A hash of the JavaScript files in these folders. It changes when the code does, not when equal files are written again. */
export async function hashOfCode(folders: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of folders) {
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.js')).sort();
    for (const file of files) hash.update(file).update(await readFile(join(folder, file)));
  }
  return hash.digest('hex');
}

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * The folder given to `npm run test:real-data`.
 *
 * @throws Error if no folder is given, or a file is missing
 */
export function folderOfRealData(files: readonly string[]): string {
  const folder = process.env['REAL_DATA_DIR'];
  if (!folder)
    throw new Error(`Say where the real data is: npm run test:real-data -- DIR, a folder with ${files.join(', ')}`);
  const missing = files.filter((file) => !existsSync(join(folder, file)));
  if (missing.length > 0)
    throw new Error(`The folder of the real data, ${resolve(folder)}, lacks ${missing.join(', ')}`);
  return resolve(folder);
}

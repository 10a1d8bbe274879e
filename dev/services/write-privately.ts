import { randomBytes } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';

/** Replaces the file atomically, with mode 0600, whatever the mode of the file that was there. */
export async function writePrivately(file: string, text: string): Promise<void> {
  const unfinished = `${file}.${randomBytes(6).toString('hex')}`;
  await writeFile(unfinished, text, { mode: 0o600, flag: 'wx' });
  await rename(unfinished, file);
}

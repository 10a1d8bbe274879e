import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Long enough to look into what a run of yesterday left. */
const KEPT_MS = 2 * 24 * 60 * 60 * 1000;

/** Removes what in this folder has not changed for two days, so that what each run leaves behind never piles up. */
export async function removeOld(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const entry = join(folder, name);
    const { mtimeMs } = await stat(entry).catch(() => ({ mtimeMs: now })); // somebody else removed it
    if (now - mtimeMs > KEPT_MS) await rm(entry, { recursive: true, force: true });
  }
}

import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Long enough to examine yesterday's runs. */
const KEPT_MS = 2 * 24 * 60 * 60 * 1000;

/** Removes entries of this folder that have not changed for two days, so that old runs do not pile up. */
export async function removeOld(folder: string, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const entry = join(folder, name);
    const { mtimeMs } = await stat(entry).catch(() => ({ mtimeMs: now })); // another process removed it
    if (now - mtimeMs > KEPT_MS) await rm(entry, { recursive: true, force: true });
  }
}

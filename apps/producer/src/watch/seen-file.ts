import { stat } from 'node:fs/promises';
import { matchingFiles } from '#platform/csv/find-csv-files.js';

/** What a look at a file tells without reading it. */
export interface SeenFile {
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

/** Tells a file from what it becomes when somebody writes to it. */
export function versionOf({ size, mtimeMs }: SeenFile): string {
  return `${size} bytes of ${mtimeMs}`;
}

/** @throws the system's error where it must not look. */
export async function seeFiles(pattern: string): Promise<SeenFile[]> {
  const seen: SeenFile[] = [];
  for (const file of await matchingFiles(pattern)) {
    try {
      const { size, mtimeMs } = await stat(file);
      seen.push({ file, size, mtimeMs });
    } catch (error) {
      // Gone since its folder was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return seen;
}

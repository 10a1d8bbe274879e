import { stat } from 'node:fs/promises';
import { fileCalls } from '#platform/csv/file-calls.js';
import { matchingFiles, type Unusable } from '#platform/csv/find-csv-files.js';

/** What a look at a file tells without reading it. */
export interface SeenFile {
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Tells a file that was put in the place of another one of the same size and time. */
  readonly ctimeMs: number;
}

/** Tells a file from what it becomes when somebody writes to it. */
export function versionOf({ size, mtimeMs, ctimeMs }: SeenFile): string {
  return `${size} bytes of ${mtimeMs}, ${ctimeMs}`;
}

/** @throws the system's error where it must not look; CsvError for what is no path. */
export async function seeFiles(pattern: string): Promise<{ seen: SeenFile[]; unusable: readonly Unusable[] }> {
  const seen: SeenFile[] = [];
  const { files, unusable } = await matchingFiles(pattern);
  for (const file of files) {
    try {
      const { size, mtimeMs, ctimeMs } = await fileCalls.answer(file, () => stat(file));
      seen.push({ file, size, mtimeMs, ctimeMs });
    } catch (error) {
      // Gone since its folder was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { seen, unusable };
}

import { stat } from 'node:fs/promises';
import { fileCalls } from '#platform/csv/file-calls.js';
import { matchingFiles, type Unusable } from '#platform/csv/find-csv-files.js';

/** A file as found by a scan, without reading it. */
export interface SeenFile {
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
  /** Reveals a file that replaced another one with the same size and mtime. */
  readonly ctimeMs: number;
}

/** Changes whenever the file is written to or replaced. */
export function versionOf({ size, mtimeMs, ctimeMs }: SeenFile): string {
  return `${size} bytes of ${mtimeMs}, ${ctimeMs}`;
}

/** @throws a system error when a folder cannot be read; CsvError when the pattern is not a path. */
export async function seeFiles(pattern: string): Promise<{ seen: SeenFile[]; unusable: readonly Unusable[] }> {
  const seen: SeenFile[] = [];
  const { files, unusable } = await matchingFiles(pattern);
  for (const file of files) {
    try {
      const { size, mtimeMs, ctimeMs } = await fileCalls.run(file, () => stat(file));
      seen.push({ file, size, mtimeMs, ctimeMs });
    } catch (error) {
      // Deleted since its folder was listed.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return { seen, unusable };
}

import { accessSync, constants } from 'node:fs';

/** Why a file cannot be read; undefined if it can. */
export function fileProblem(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return readProblem(error);
  }
}

/** What an error of reading a file says, for a sentence about the file. */
export function readProblem(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
}

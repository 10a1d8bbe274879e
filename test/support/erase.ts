import { execFile } from 'node:child_process';
import type { Output } from './programs.js';

/** Runs the built command that erases a client. */
export function erase(settings: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Output> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/apps/mart-init/src/erase/main.js', ...args],
      { env: { PATH: process.env['PATH'], ...settings } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: `${stdout}${stderr}` }),
    );
  });
}

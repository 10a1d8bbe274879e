import { execFile, type ChildProcess } from 'node:child_process';
import type { Output } from './programs.js';

/** Runs the built command that works with quarantined records. */
export function quarantine(settings: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Output> {
  return startQuarantine(settings, ...args).output;
}

/** @returns the process as well, so that it can be killed */
export function startQuarantine(
  settings: Readonly<Record<string, string>>,
  ...args: readonly string[]
): { readonly process: ChildProcess; readonly output: Promise<Output> } {
  let child!: ChildProcess;
  const output = new Promise<Output>((resolve) => {
    child = execFile(
      process.execPath,
      ['dist/apps/quarantine/src/main.js', ...args],
      { env: { PATH: process.env['PATH'], ...settings } },
      (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: `${stdout}${stderr}` }),
    );
  });
  return { process: child, output };
}

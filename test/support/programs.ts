import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Finds a program in the PATH.
 * @param names of the program in different distributions
 * @throws Error that says what to install if the program is missing
 */
export function programOf(names: readonly string[], debianPackage: string): string {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin']) {
    for (const name of names) if (existsSync(join(folder, name))) return join(folder, name);
  }
  throw new Error(
    `No ${names[0]} in the PATH. Install it (Debian: apt-get install ${debianPackage}; stop the service that the package starts).`,
  );
}

export interface Output {
  readonly code: number;
  /** stdout and stderr. */
  readonly text: string;
}

export const promtool = (args: readonly string[], input?: string) =>
  run(programOf(['promtool'], 'prometheus'), args, input);

function run(program: string, args: readonly string[], input = ''): Promise<Output> {
  return new Promise((resolve) => {
    const child = execFile(program, args, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), text: `${stdout}${stderr}` }),
    );
    child.stdin!.end(input);
  });
}

import { runTool } from '../services/run-tool.js';
import { ServiceError } from '../services/service-error.js';

export type PythonVersion = readonly [major: number, minor: number];

/** What needs Python, for error messages. */
export interface PythonUser {
  /** For example 'pgAdmin'. */
  readonly name: string;
  readonly oldestPython: PythonVersion;
  /** The command to run again after a fix, for example 'npm run pgadmin'. */
  readonly command: string;
}

/** [3, 11] for `Python 3.11.7`; undefined if the output holds no version. */
export function parsePythonVersion(output: string): PythonVersion | undefined {
  const match = /^Python (\d+)\.(\d+)/m.exec(output);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

export function isNewEnough([major, minor]: PythonVersion, [oldestMajor, oldestMinor]: PythonVersion): boolean {
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}

/**
 * Checks that this Python can create virtual environments for `user`.
 * @throws ServiceError PYTHON_MISSING, PYTHON_TOO_OLD, PYTHON_WITHOUT_VENV
 */
export async function checkPython(python: string, user: PythonUser, env: NodeJS.ProcessEnv): Promise<void> {
  const needed = `${user.name} needs Python ${user.oldestPython.join('.')} or newer`;
  const orAnother = `or name another one, for example PYTHON=python3.12 ${user.command}.`;
  const howToInstall = `Install one (Debian, Ubuntu: apt-get install python3-venv; macOS: brew install python), ${orAnother}`;

  const { output, exitCode, error } = await runTool(python, ['--version'], { env });
  const version = exitCode === 0 ? parsePythonVersion(output) : undefined;
  if (version === undefined) {
    throw new ServiceError('PYTHON_MISSING', `${needed}, and no ${python} was found. ${howToInstall}`, {
      cause: error,
    });
  }
  if (!isNewEnough(version, user.oldestPython)) {
    throw new ServiceError('PYTHON_TOO_OLD', `${needed}, but ${python} is ${version.join('.')}. ${howToInstall}`);
  }
  // Debian's python3 has venv without ensurepip, which venv needs; only the second import shows that.
  const venv = await runTool(python, ['-c', 'import venv, ensurepip'], { env });
  if (venv.exitCode !== 0) {
    throw new ServiceError(
      'PYTHON_WITHOUT_VENV',
      `${python} cannot create virtual environments. Install the missing package (Debian, Ubuntu: apt-get install python3-venv), ${orAnother}`,
    );
  }
}

import { runTool } from '../services/run-tool.js';
import { ServiceError } from '../services/service-error.js';

/** pgAdmin 9 does not start on less. */
const OLDEST_PYTHON = [3, 9] as const;

const HOW_TO_INSTALL =
  'Install one (Debian, Ubuntu: apt-get install python3-venv; macOS: brew install python), ' +
  'or name another one, for example PYTHON=python3.12 npm run pgadmin.';

/** [3, 11] for `Python 3.11.7`; undefined when it is no such text. */
export function parsePythonVersion(output: string): readonly [number, number] | undefined {
  const match = /^Python (\d+)\.(\d+)/m.exec(output);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

export function isNewEnough([major, minor]: readonly [number, number]): boolean {
  return major > OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]);
}

/**
 * Makes sure that this Python can make virtual environments for pgAdmin.
 * @throws ServiceError PYTHON_MISSING, PYTHON_TOO_OLD, PYTHON_WITHOUT_VENV
 */
export async function checkPython(python: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { output, exitCode, error } = await runTool(python, ['--version'], { env });
  const version = exitCode === 0 ? parsePythonVersion(output) : undefined;
  if (version === undefined) {
    throw new ServiceError(
      'PYTHON_MISSING',
      `pgAdmin needs Python ${OLDEST_PYTHON.join('.')} or newer, and no ${python} was found. ${HOW_TO_INSTALL}`,
      { cause: error },
    );
  }
  if (!isNewEnough(version)) {
    throw new ServiceError(
      'PYTHON_TOO_OLD',
      `pgAdmin needs Python ${OLDEST_PYTHON.join('.')} or newer, but ${python} is ${version.join('.')}. ${HOW_TO_INSTALL}`,
    );
  }
  // Debian has venv without the pip that goes into it; only the second import tells.
  const venv = await runTool(python, ['-c', 'import venv, ensurepip'], { env });
  if (venv.exitCode !== 0) {
    throw new ServiceError(
      'PYTHON_WITHOUT_VENV',
      `${python} cannot make virtual environments. Install what it lacks (Debian, Ubuntu: apt-get install python3-venv), ` +
        'or name another Python, for example PYTHON=python3.12 npm run pgadmin.',
    );
  }
}

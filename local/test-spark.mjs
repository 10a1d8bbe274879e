import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Plain JavaScript without dependencies: the Spark engine needs no npm package and no build.

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SPARK = join(ROOT, 'spark');
const FOLDER = join(ROOT, '.local', 'spark');
const VENV = join(FOLDER, 'venv');
const OLDEST_PYTHON = [3, 11];
const OLDEST_JAVA = 17;
const AGAIN = 'npm run test:spark';

const env = {
  ...process.env,
  // Another Spark or other modules of the user's would be taken in place of what is installed here.
  SPARK_HOME: undefined,
  PYTHONPATH: undefined,
  PYTHONHOME: undefined,
  // Or the tests would leave a __pycache__ beside every source.
  PYTHONDONTWRITEBYTECODE: '1',
  MYPY_CACHE_DIR: join(FOLDER, 'cache', 'mypy'),
  RUFF_CACHE_DIR: join(FOLDER, 'cache', 'ruff'),
};

const pytestArguments = process.argv.slice(2);
checkJava();
const python = ensureInstallation();
// With arguments for pytest somebody looks for one failure, so the other checks would be in the way.
if (pytestArguments.length === 0) {
  run('ruff', ['-m', 'ruff', 'format', '--check', '.']);
  run('ruff', ['-m', 'ruff', 'check', '.']);
  run('mypy', ['-m', 'mypy']);
}
run('pytest', ['-m', 'pytest', '-o', `cache_dir=${join(FOLDER, 'cache', 'pytest')}`, '--quiet', ...pytestArguments]);

function run(tool, args) {
  const { status, error } = spawnSync(python, args, { cwd: SPARK, env, stdio: 'inherit' });
  if (status !== 0) fail(`${tool} failed${error ? `: ${error.message}` : ''}; see its output above.`);
}

/** The Python of a virtual environment with just what spark/requirements.txt pins. */
function ensureInstallation() {
  const requirements = join(SPARK, 'requirements.txt');
  const wanted = readFileSync(requirements, 'utf8');
  const program = join(VENV, 'bin', 'python');
  // Written last, so that an installation that was broken off counts for nothing.
  const stamp = join(VENV, 'installed-requirements.txt');
  const installed = existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
  // The Python on which it was built may have been removed or replaced.
  if (installed && output(program, ['-c', 'import pyspark, pytest']) !== undefined) return program;

  const base = checkPython();
  console.log('Installing Spark and its tools into .local/spark/venv (once; 600 MB, a minute or two)…');
  rmSync(VENV, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  install(base, ['-m', 'venv', VENV]);
  install(program, [
    ...['-m', 'pip', 'install', '--require-hashes', '--requirement', requirements],
    ...['--quiet', '--disable-pip-version-check', '--no-input', '--progress-bar', 'off'],
  ]);
  writeFileSync(stamp, wanted);
  return program;
}

function install(command, args) {
  const { status, error } = spawnSync(command, args, { env, stdio: 'inherit' });
  if (status === 0) return;
  fail(
    `Spark could not be installed${error ? `: ${error.message}` : ''}. Check the network (behind a proxy or with a package ` +
      `index of your own: pip.conf or PIP_INDEX_URL), then run ${AGAIN} again.`,
  );
}

function checkPython() {
  const program = process.env.PYTHON || 'python3';
  const needed = `Python ${OLDEST_PYTHON.join('.')} or newer`;
  const how =
    'Install one (Debian, Ubuntu: apt-get install python3-venv; macOS: brew install python), ' +
    `or name another one, for example PYTHON=python3.12 ${AGAIN}.`;
  const version = /^Python (\d+)\.(\d+)/m.exec(output(program, ['--version']) ?? '');
  if (!version) fail(`The Spark engine needs ${needed}, and no ${program} was found. ${how}`);
  const [major, minor] = version.slice(1).map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    fail(`The Spark engine needs ${needed}, but ${program} is ${major}.${minor}. ${how}`);
  }
  // Debian has venv without the pip that goes into it; only the second import tells.
  if (output(program, ['-c', 'import venv, ensurepip']) === undefined) {
    fail(`${program} cannot make virtual environments. ${how}`);
  }
  return program;
}

/** Spark takes the java of JAVA_HOME, else the one on the PATH. */
function checkJava() {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const how =
    'Install it (Debian, Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17 and set JAVA_HOME).';
  const version = /version "(?:1\.)?(\d+)/.exec(output(java, ['-version']) ?? '');
  if (!version) fail(`Spark needs Java ${OLDEST_JAVA} or newer, and no ${java} was found. ${how}`);
  if (Number(version[1]) < OLDEST_JAVA) {
    fail(`Spark needs Java ${OLDEST_JAVA} or newer, but ${java} is version ${version[1]}. ${how}`);
  }
}

/** What a program says; undefined where it fails. */
function output(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { env, encoding: 'utf8' });
  return status === 0 ? `${stdout}${stderr}` : undefined;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

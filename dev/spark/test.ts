import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { join } from 'node:path';
import { toolEnvironment } from '../services/config/tool-environment.js';
import { ensureSpark, LOCAL_SPARK, SPARK_SOURCES } from './installation.js';

/** The suites on a real cluster that are part of --short. */
const SHORT = 'backfill|secure|strange';

/** Runs the checks of the Spark engine one after the other and stops at the first failure. */
async function test(args: readonly string[]): Promise<void> {
  const short = args.length === 1 && args[0] === '--short';
  const pytestArguments = short ? [] : args;
  const log = (line: string) => console.log(`Spark       ${line}`);
  const { python, env } = await ensureSpark('npm run test:spark', { folder: LOCAL_SPARK, log });
  const cache = join(LOCAL_SPARK, 'cache');
  // The JVMs live for minutes only: too short for Java's second compiler to pay off.
  const java = { JAVA_TOOL_OPTIONS: `${env['JAVA_TOOL_OPTIONS'] ?? ''} -XX:TieredStopAtLevel=1`.trim() };
  const caches = { MYPY_CACHE_DIR: join(cache, 'mypy'), RUFF_CACHE_DIR: join(cache, 'ruff') };
  const run = (tool: string, toolArguments: readonly string[]) =>
    check(tool, python, ['-m', tool, ...toolArguments], { cwd: SPARK_SOURCES, env: { ...env, ...java, ...caches } });
  // Arguments for pytest mean a search for one failure: skip the other checks.
  if (pytestArguments.length === 0) {
    run('ruff', ['format', '--check', '.']);
    run('ruff', ['check', '.']);
    run('mypy', []);
  }
  run('pytest', ['-o', `cache_dir=${join(cache, 'pytest')}`, '--quiet', ...pytestArguments]);
  if (pytestArguments.length > 0) return;
  // One suite at a time: each starts its own cluster, and two are too much for two cores.
  const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const suites = ['--selectProjects', 'spark', '--runInBand', ...(short ? [SHORT] : [])];
  check('jest', process.execPath, [...jest, ...suites], { env: { ...toolEnvironment(), ...java } });
}

function check(tool: string, command: string, args: readonly string[], options: SpawnSyncOptions = {}): void {
  const { status, error } = spawnSync(command, args, { ...options, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${tool} failed${error ? `: ${error.message}` : ''}; see its output above.`);
}

try {
  await test(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

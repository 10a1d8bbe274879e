import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureSpark, LOCAL_SPARK, SPARK_SOURCES } from './installation.js';

/** Runs the checks of the Spark engine, one after the other; the first that fails ends them. */
async function test(pytestArguments: readonly string[]): Promise<void> {
  const log = (line: string) => console.log(`Spark       ${line}`);
  const { python, env } = await ensureSpark('npm run test:spark', { folder: LOCAL_SPARK, log });
  const cache = join(LOCAL_SPARK, 'cache');
  const run = (tool: string, args: readonly string[]) => {
    const caches = { MYPY_CACHE_DIR: join(cache, 'mypy'), RUFF_CACHE_DIR: join(cache, 'ruff') };
    const options = { cwd: SPARK_SOURCES, env: { ...env, ...caches }, stdio: 'inherit' } as const;
    const { status, error } = spawnSync(python, ['-m', tool, ...args], options);
    if (status !== 0) throw new Error(`${tool} failed${error ? `: ${error.message}` : ''}; see its output above.`);
  };
  // With arguments for pytest somebody looks for one failure, so the other checks would be in the way.
  if (pytestArguments.length === 0) {
    run('ruff', ['format', '--check', '.']);
    run('ruff', ['check', '.']);
    run('mypy', []);
  }
  run('pytest', ['-o', `cache_dir=${join(cache, 'pytest')}`, '--quiet', ...pytestArguments]);
}

try {
  await test(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

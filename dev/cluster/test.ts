import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { environmentWith, readClusterEnvironment } from './config/environment.js';
import { MachineCluster } from './machine-cluster.js';

/**
 * Runs the tests on a real cluster: that of KUBECONFIG, or a temporary one on this machine.
 * @param args for Jest; or only `--build`, to build what the temporary cluster needs without running it
 */
function test(args: readonly string[]): number {
  const { kubeconfig, kubeTools, keep } = readClusterEnvironment();
  if (kubeconfig !== undefined) {
    refuseRunningPipeline();
    return jest(args, {});
  }

  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const cluster = new MachineCluster(kubeTools);
  cluster.build(version);
  if (args[0] === '--build') return 0;
  cluster.start(version);
  try {
    return jest(args, { CLUSTER_SHELL: JSON.stringify(cluster.shell) });
  } finally {
    if (!keep) cluster.stop();
  }
}

/** The tests delete everything in the namespace, volumes included. */
function refuseRunningPipeline(): void {
  const { status } = spawnSync('kubectl', ['get', 'namespace', 'messaging'], { stdio: 'ignore' });
  if (status !== 0) return;
  const context = spawnSync('kubectl', ['config', 'current-context'], { encoding: 'utf8' }).stdout.trim();
  throw new Error(
    `The cluster ${context} (KUBECONFIG) already has a namespace messaging, which these tests would delete with all its data. ` +
      'Delete it yourself, or unset KUBECONFIG to create a cluster on this machine.',
  );
}

/** Runs the suites in the order of their names: each one continues with the pipeline of the one before. */
function jest(args: readonly string[], env: Readonly<Record<string, string>>): number {
  const program = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const options = [
    '--selectProjects',
    'cluster',
    '--runInBand',
    '--testSequencer=./test/setup/by-name.js',
    '--testTimeout=1800000',
  ];
  const { status } = spawnSync(process.execPath, [...program, ...options, ...args], {
    stdio: 'inherit',
    env: environmentWith(env),
  });
  return status ?? 1;
}

try {
  process.exitCode = test(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

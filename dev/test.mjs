import { spawnSync } from 'node:child_process';
import { bootstrap } from './bootstrap.mjs';

// Usage: node dev/test.mjs PROJECT[,PROJECT...] [JEST ARGUMENT...], such as `node dev/test.mjs unit apps/producer --watch`.

const [projects = '', ...args] = process.argv.slice(2);
// Unit specs import the sources; all others run the built apps.
bootstrap({ build: projects !== 'unit' });
const jest = [
  ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
  // For tests that set none: real servers are many times slower on a busy machine.
  '--testTimeout=30000',
];
// Last, as Jest would take the paths in `args` for names of projects.
const options = [...args, '--selectProjects', ...projects.split(',')];
const env = {
  ...process.env,
  // The servers live for minutes only: too short for Java's second compiler to pay off.
  JAVA_TOOL_OPTIONS: `${process.env.JAVA_TOOL_OPTIONS ?? ''} -XX:TieredStopAtLevel=1`.trim(),
};
const { status } = spawnSync(process.execPath, [...jest, ...options], { stdio: 'inherit', env });
process.exit(status ?? 1);

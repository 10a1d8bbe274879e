import { spawnSync } from 'node:child_process';
import { bootstrap } from './bootstrap.mjs';

// Usage: node dev/test.mjs PROJECT[,PROJECT...] [JEST ARGUMENT...], such as `node dev/test.mjs unit apps/producer --watch`.

/** Their tests measure times or use the cores most of the time: they run last, and fewer at a time. */
const ALONE = ['chaos', 'page'];

const [names = '', ...args] = process.argv.slice(2);
const projects = names.split(',');
// Unit specs import the sources; all others run the built apps.
bootstrap({ build: names !== 'unit' });
const jest = [
  ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
  // For tests that set none: real servers are many times slower on a busy machine.
  '--testTimeout=30000',
];
const env = {
  ...process.env,
  // The servers live for minutes only: too short for Java's second compiler to pay off.
  JAVA_TOOL_OPTIONS: `${process.env.JAVA_TOOL_OPTIONS ?? ''} -XX:TieredStopAtLevel=1`.trim(),
};
const shared = projects.filter((name) => !ALONE.includes(name));
const alone = projects.filter((name) => ALONE.includes(name));

let failed = false;
if (shared.length > 0) run(shared);
if (alone.length > 0) run(alone, '--maxWorkers=2');
process.exit(failed ? 1 : 0);

function run(selected, ...options) {
  // A pattern may select tests of the other run only.
  const both = shared.length > 0 && alone.length > 0 ? ['--passWithNoTests'] : [];
  // Projects last, as Jest would take the paths in `args` for names of projects.
  const command = [...jest, ...options, ...both, ...args, '--selectProjects', ...selected];
  const { status } = spawnSync(process.execPath, command, { stdio: 'inherit', env });
  failed ||= status !== 0;
}

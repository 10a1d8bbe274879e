import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import config from '../jest.config.js';

const [file = '', ...args] = process.argv.slice(2);
const path = existsSync(file) ? realpathSync(file) : file;
const project = config.projects.find(({ testRegex }) => testRegex.some((regex) => new RegExp(regex).test(path)));
if (project === undefined || !existsSync(path)) {
  console.error("Usage: npm run test:one -- FILE.spec.ts [-t 'name of a test'] [--watch]");
  process.exit(2);
}
const { status } = spawnSync(
  process.execPath,
  ['dev/test.mjs', project.displayName, '--runTestsByPath', path, ...args],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);

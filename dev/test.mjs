import { spawnSync } from 'node:child_process';
import { bootstrap } from './bootstrap.mjs';

bootstrap();
const jest = [
  ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
  // For tests that do not set their own: real parts take many times as long on a machine that is full.
  '--testTimeout=30000',
];
const { status } = spawnSync(process.execPath, [...jest, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exit(status ?? 1);

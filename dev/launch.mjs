import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bootstrap } from './bootstrap.mjs';

// Usage: node dev/launch.mjs PROGRAM [ARGUMENT...], such as `node dev/launch.mjs dev/run/main --exit`.

bootstrap();
const [node, , program, ...args] = process.argv;
const file = resolve('dist', `${program}.js`);
// The program sees only its own arguments.
process.argv = [node, file, ...args];
await import(pathToFileURL(file).href);

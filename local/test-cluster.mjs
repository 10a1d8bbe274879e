import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/cluster/test.js');

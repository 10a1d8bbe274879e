import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/spark/test.js');

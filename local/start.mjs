import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/run/main.js');

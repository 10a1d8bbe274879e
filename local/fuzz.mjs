import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/fuzz/main.js');

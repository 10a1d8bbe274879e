import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/dictionary/main.js');

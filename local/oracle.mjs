import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/oracle/main.js');

import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/bench/gateway.js');

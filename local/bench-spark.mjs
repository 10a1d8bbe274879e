import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/bench/spark.js');

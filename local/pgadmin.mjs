import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/pgadmin/main.js');

import { bootstrap } from './bootstrap.mjs';

bootstrap();
await import('../dist/local/k8s/render.js');

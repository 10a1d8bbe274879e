import { existsSync, rmSync } from 'node:fs';
import { bootstrap } from './bootstrap.mjs';

const { resetServices } = await import('../dist/local/services/services.js').catch(() => {
  bootstrap();
  return import('../dist/local/services/services.js');
});
await resetServices({ stateDir: '.local', log: console.log });
// The jars of Kafka stay: they are the same for every run.
for (const name of ['data', 'logs', 'database-url', 'analyst-url']) {
  if (existsSync(`.local/${name}`)) rmSync(`.local/${name}`, { recursive: true });
}
console.log('Removed the data of Kafka and PostgreSQL, generated files and logs.');

import { existsSync, rmSync } from 'node:fs';
import { bootstrap } from './bootstrap.mjs';

const load = () => Promise.all([import('../dist/dev/services/services.js'), import('../dist/dev/spark/reset.js')]);
const [{ resetServices }, { resetSpark }] = await load().catch(() => {
  bootstrap();
  return load();
});
await resetSpark('.local/spark-state');
await resetServices({ stateDir: '.local', log: console.log });
// Downloads stay: every run uses the same ones.
for (const name of ['data', 'logs', 'prometheus', 'database-url', 'analyst-url', 'api-token']) {
  if (existsSync(`.local/${name}`)) rmSync(`.local/${name}`, { recursive: true });
}
console.log('Removed the data of Kafka, PostgreSQL and Spark, generated files and logs.');

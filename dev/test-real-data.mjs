import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const [folder, ...args] = process.argv.slice(2);
if (folder === undefined) {
  console.error(
    'Usage: npm run test:real-data -- DIR   (the folder with messages.sample.csv, campaigns.csv, holidays.csv and',
  );
  console.error('       client_first_purchase_date.sample.csv, real rows of the data set, and');
  console.error("       demo-campaign-date-aggregate.csv, the demo file's counts by campaign, channel and day)");
  process.exit(2);
}
const env = { ...process.env, REAL_DATA_DIR: resolve(folder) };
const { status } = spawnSync(process.execPath, ['dev/test.mjs', 'real-data', ...args], {
  stdio: 'inherit',
  env,
});
process.exit(status ?? 1);

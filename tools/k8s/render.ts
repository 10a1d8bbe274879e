import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROMETHEUS_RULE, prometheusRule } from './prometheus-rule.js';
import { RENDERED_FOLDER, renderManifests } from './renderings.js';

async function main(): Promise<void> {
  await writeFile(PROMETHEUS_RULE, await prometheusRule());
  const rendered = await renderManifests();
  await mkdir(RENDERED_FOLDER, { recursive: true });
  for (const name of await readdir(RENDERED_FOLDER)) {
    if (!(join(RENDERED_FOLDER, name) in rendered)) await rm(join(RENDERED_FOLDER, name));
  }
  for (const [path, text] of Object.entries(rendered)) {
    await writeFile(path, text);
    console.log(`Wrote ${path}`);
  }
}

try {
  await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

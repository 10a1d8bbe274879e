import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatManifests } from './manifests-text.js';
import { PROMETHEUS_RULE, prometheusRule } from './prometheus-rule.js';
import { RENDERED_FOLDER, renderedFiles, renderManifests } from './renderings.js';

/** Writes RENDERED_FOLDER. With the name of a rendering, such as overlay-gke, prints that one as a whole instead. */
async function main(name?: string): Promise<void> {
  if (name !== undefined) {
    const renderings = await renderManifests();
    const text = renderings[name];
    if (text === undefined) throw new Error(`No rendering ${name}; there are ${Object.keys(renderings).join(', ')}`);
    process.stdout.write(formatManifests(text));
    return;
  }
  await writeFile(PROMETHEUS_RULE, await prometheusRule());
  const files = renderedFiles(await renderManifests());
  await mkdir(RENDERED_FOLDER, { recursive: true });
  for (const file of await readdir(RENDERED_FOLDER)) {
    if (!(join(RENDERED_FOLDER, file) in files)) await rm(join(RENDERED_FOLDER, file));
  }
  for (const [path, text] of Object.entries(files)) {
    await writeFile(path, text);
    console.log(`Wrote ${path}`);
  }
}

try {
  await main(process.argv[2]);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

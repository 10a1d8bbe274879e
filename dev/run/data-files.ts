import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { generate } from '#sample-data/generate.js';
import type { RunOptions } from './options.js';
import { bar, grouped, type Screen } from '#platform/terminal/screen.js';

export interface DataFiles {
  /** Paths and patterns of the message files. */
  readonly messages: readonly string[];
  /** Folder of the reference files, if any. */
  readonly reference: string | undefined;
}

/**
 * The files of the run: the given ones, or generated ones, which later runs with the same options reuse.
 *
 * @throws CsvError if no given file exists; GeneratorError
 */
export async function dataFiles(options: RunOptions, stateDir: string, screen: Screen): Promise<DataFiles> {
  if (options.files.length > 0) {
    // Report a mistyped path before any server starts.
    await findCsvFiles(options.files);
    return { messages: options.files, reference: options.reference };
  }
  const { rows, seed, dirty, duplicates } = options;
  const out = join(stateDir, 'data', `${rows}-rows-seed-${seed}-dirty-${dirty}-duplicates-${duplicates}`);
  const messages = join(out, 'messages.csv');
  // The generator renames the file to this name once it is complete.
  if (await exists(messages)) {
    screen.say(`Data        ${messages} (reused from an earlier run)`);
  } else {
    await generate({ out, rows, seed, dirty, duplicates }, (progress) =>
      screen.show(() => [
        `Data        ${bar(progress.rows / progress.totalRows)}  ${grouped(progress.rows)} rows generated`,
      ]),
    );
    screen.say(`Data        ${messages}: ${grouped(rows)} rows generated`);
  }
  return { messages: [messages], reference: out };
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

import { readFile } from 'node:fs/promises';
import type { SparkJob } from '../local/spark/spark-job.js';

/** Runs a backfill to its end. @returns the seconds it says, from the first file's header to the last row */
export async function backfillSeconds(job: SparkJob): Promise<number> {
  await job.start();
  while (job.isRunning()) await new Promise((resolve) => setTimeout(resolve, 200));
  const log = await readFile(job.logFile, 'utf8');
  const seconds = /done: \d+ rows in ([\d.]+) s/.exec(
    log.split('\n').findLast((line) => line.includes('done: ')) ?? '',
  );
  if (!seconds) throw new Error(`the backfill failed; see ${job.logFile}`);
  return Number(seconds[1]);
}

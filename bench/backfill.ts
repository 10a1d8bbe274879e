import { readFile } from 'node:fs/promises';
import type { SparkJob } from '../dev/spark/spark-job.js';

/** Runs a backfill. @returns the seconds from the start of the job to its end */
export async function backfillSeconds(job: SparkJob): Promise<number> {
  const began = performance.now();
  await job.start();
  while (job.isRunning()) await new Promise((resolve) => setTimeout(resolve, 200));
  const seconds = (performance.now() - began) / 1000;
  if (!(await readFile(job.logFile, 'utf8')).includes('done: '))
    throw new Error(`the backfill failed; see ${job.logFile}`);
  return seconds;
}

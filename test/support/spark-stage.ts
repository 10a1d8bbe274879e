import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Counts } from '../../dev/run/counts.js';
import type { SparkJob } from '../../dev/spark/spark-job.js';
import { startSpark, type Spark } from '../../dev/spark/spark.js';
import { setStage, type ChaosStage } from './chaos.js';
import { query } from './mart-database.js';
import type { Pipeline } from './pipeline.js';
import { UnrecoverableError, waitUntil } from './wait-until.js';

/** On a busy machine, the first micro-batch takes long: planning, a JVM, Python. */
const FIRST_BATCH_MS = 180_000;
/** Small micro-batches without a pause, so that a kill hits one. */
const SETTINGS = { SPARK_TRIGGER_SECONDS: '0', SPARK_BATCH_RECORDS: '2000' };

/** A chaos stage with a Spark cluster. */
export interface SparkStage extends ChaosStage {
  readonly spark: Spark;
  /** A job for a pipeline, not started yet. Jobs with the same checkpoint continue the same query. */
  job(options: JobOptions): TestJob;
}

export interface JobOptions {
  readonly pipeline: Pipeline;
  readonly checkpoint?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** @param options as setStage */
export async function setSparkStage(name: string, rows: number, options?: { dirty: number }): Promise<SparkStage> {
  const folder = await mkdtemp(join(tmpdir(), `spark-${name}-`));
  const [stage, spark] = await Promise.all([
    setStage(name, rows, options),
    startSpark({ stateDir: `.local/chaos-${name}/spark`, command: 'npm run test:spark', memory: '1g' }),
  ]);
  let jobs = 0;
  return {
    ...stage,
    spark,
    job({ pipeline, checkpoint = `job-${jobs}`, args, env }) {
      const job = spark.job({
        name: `job-${jobs++}`,
        args,
        env: { ...pipeline.settings, SPARK_CHECKPOINT_DIR: join(folder, checkpoint), ...SETTINGS, ...env },
      });
      return new TestJob(job, join(folder, checkpoint), pipeline.databaseUrl);
    },
    async close() {
      try {
        await spark.stop();
      } finally {
        await stage.close();
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

export class TestJob {
  constructor(
    readonly process: SparkJob,
    readonly checkpointDir: string,
    private readonly databaseUrl: string,
  ) {}

  start(): Promise<void> {
    return this.process.start();
  }

  stop(): Promise<number | null> {
    return this.process.stop();
  }

  kill(): Promise<void> {
    return this.process.kill();
  }

  /** Its counters, which start at 0 with each start. */
  async counts(): Promise<Counts> {
    const counts = new Counts();
    counts.update(await this.process.metrics());
    return counts;
  }

  /** Resolves when the whole topic is in the mart. */
  async caughtUp(deadlineMs = FIRST_BATCH_MS): Promise<Counts> {
    return waitUntil(
      `the job has caught up (${this.process.logFile})`,
      async () => {
        if (!this.process.isRunning()) throw new UnrecoverableError(`the job has ended; see ${this.process.logFile}`);
        const counts = await this.counts();
        return counts.find('messages_source_lag_records') === 0 ? counts : undefined;
      },
      deadlineMs,
    );
  }

  /** Totals of spark_writes, over all starts. */
  async written(): Promise<Written> {
    const [written] = await query<Written>(this.databaseUrl, WRITTEN);
    return written!;
  }

  /** Resolves when at least this many records are written. */
  async hasWritten(records: number, deadlineMs = FIRST_BATCH_MS): Promise<void> {
    await waitUntil(`${records} records written`, async () => (await this.written()).records >= records, deadlineMs);
  }
}

export interface Written {
  readonly queries: number;
  readonly records: number;
  readonly inserted: number;
  readonly updated: number;
}

const WRITTEN = `
  SELECT count(DISTINCT query_id)::integer AS queries, coalesce(sum(records), 0)::integer AS records,
         coalesce(sum(inserted), 0)::integer AS inserted, coalesce(sum(updated), 0)::integer AS updated
  FROM spark_writes`;

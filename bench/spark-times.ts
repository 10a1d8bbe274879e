import { readFileSync, readdirSync } from 'node:fs';
import { parseSamples } from '#platform/metrics/prometheus-text.js';
import { Counts } from '../dev/run/counts.js';
import type { SparkCluster } from '../dev/spark/spark-cluster.js';
import type { SparkJob } from '../dev/spark/spark-job.js';

/** Cost of a Spark job. The rates count from the end of its first micro-batch, when it is warm. */
export interface SparkTimes {
  /** Rows per second. */
  readonly rate: number;
  /** From the start of the job to the end of its first micro-batch. */
  readonly firstSeconds: number;
  /** From the start of the job to its last row. */
  readonly allSeconds: number;
  /** User and system time per row, in µs, of the executor's JVM, its Python workers and the driver. */
  readonly cpuMicros: number;
  /** Phases of the newest micro-batch that Spark has reported. */
  readonly phases: readonly string[];
  /** Task times of the whole run by kind of work, in seconds. */
  readonly tasks: Readonly<Record<'copy' | 'merge' | 'cpu' | 'all', number>>;
}

const POLL_MS = 100;
const TICKS_PER_SECOND = 100;

/** Watches a job from its start until it has written `rows` rows. */
export async function timeJob(job: SparkJob, cluster: SparkCluster, rows: number): Promise<SparkTimes> {
  const began = performance.now();
  await job.start();
  const pids = () => [job.pid ?? 0, ...cluster.executorPids];
  const counts = new Counts();
  let first: { at: number; rows: number; cpu: number } | undefined;
  for (;;) {
    if (!job.isRunning()) throw new Error(`the job has ended; see ${job.logFile}`);
    counts.update(await job.metrics().catch(() => ''));
    const done = counts.sum('messages_consumed_total');
    const now = performance.now();
    if (done > 0) first ??= { at: now, rows: done, cpu: cpuSeconds(pids()) };
    if (first && done >= rows) {
      const seconds = (now - first.at) / 1000;
      return {
        rate: (done - first.rows) / seconds,
        firstSeconds: (first.at - began) / 1000,
        allSeconds: (now - began) / 1000,
        cpuMicros: ((cpuSeconds(pids()) - first.cpu) / (done - first.rows)) * 1e6,
        phases: phasesOf(await job.metrics()),
        tasks: {
          copy: counts.sum('messages_spark_task_seconds_total', { phase: 'copy' }),
          merge: counts.sum('messages_spark_task_seconds_total', { phase: 'merge' }),
          ...(await stageTimes(job.uiUrl)),
        },
      };
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The phases of the newest micro-batch, such as 'addBatch 7.1'. */
function phasesOf(metrics: string): string[] {
  return parseSamples(metrics)
    .filter(({ name }) => name === 'messages_spark_batch_duration_seconds')
    .map(({ labels, value }) => `${labels.phase} ${value.toFixed(1)}`);
}

/** Spark's own sums over all tasks: their run time, and the CPU time of their threads in the JVM. */
async function stageTimes(uiUrl: string): Promise<{ all: number; cpu: number }> {
  const api = `${uiUrl}/api/v1/applications`;
  const [application] = (await (await fetch(api)).json()) as { id: string }[];
  const stages = (await (await fetch(`${api}/${application!.id}/stages?status=complete`)).json()) as {
    executorRunTime: number;
    executorCpuTime: number;
  }[];
  return {
    all: stages.reduce((sum, { executorRunTime }) => sum + executorRunTime, 0) / 1e3,
    cpu: stages.reduce((sum, { executorCpuTime }) => sum + executorCpuTime, 0) / 1e9,
  };
}

/** CPU time of these processes and all their descendants, ended ones included. */
function cpuSeconds(pids: readonly number[]): number {
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (statOf(Number(name)) ?? []) : []));
  const family = new Set(pids);
  for (let size = 0; size !== family.size;) {
    size = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.reduce((sum, { pid, ticks }) => sum + (family.has(pid) ? ticks / TICKS_PER_SECOND : 0), 0);
}

function statOf(pid: number): { pid: number; parent: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold any character.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, text) => sum + Number(text), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return undefined; // it ended meanwhile
  }
}

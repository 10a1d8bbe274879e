import { join, resolve } from 'node:path';
import { ensureJars } from '../services/jars.js';
import { findProjectRoot } from '../services/project.js';
import { claimState } from '../services/state-lock.js';
import { ensureSpark, LOCAL_SPARK } from './installation.js';
import { SparkCluster, type SparkClusterOptions } from './spark-cluster.js';
import { SparkJob, type SparkJobOptions } from './spark-job.js';

export interface SparkOptions extends Pick<SparkClusterOptions, 'cores' | 'memory'> {
  /** State of cluster and jobs; one run at a time. Started again on it, they have the same ports. */
  readonly stateDir: string;
  /** Where the logs go; `logs` in the state folder unless given. */
  readonly logDir?: string;
  /** What to run again when something could not be installed, for example 'npm start -- --engine spark'. */
  readonly command: string;
  /** Ends what has been started so far; startSpark then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Progress, one line at a time. */
  readonly log?: (line: string) => void;
}

export interface Spark {
  /** Where what jobs keep goes, by their names. */
  readonly stateDir: string;
  readonly cluster: SparkCluster;
  /** A job on the cluster, not started yet. Its name is that of its state and log; one at a time has it. */
  job(options: Pick<SparkJobOptions, 'name' | 'args' | 'env' | 'conf' | 'eventLogDir'>): SparkJob;
  /** Ends the jobs and the cluster; resolves when they are gone. May be called more than once. */
  stop(): Promise<void>;
}

const JARS = { name: 'Spark', pom: join(findProjectRoot(), 'dev', 'spark', 'pom.xml') };

/**
 * Installs Spark where it is missing, and starts a cluster on this machine.
 * @throws ServiceError its message says what to do next
 */
export async function startSpark({ command, signal, log = () => undefined, ...options }: SparkOptions): Promise<Spark> {
  const stateDir = resolve(options.stateDir);
  const logDir = resolve(options.logDir ?? join(stateDir, 'logs'));
  const installation = await ensureSpark(command, { folder: LOCAL_SPARK, log, signal });
  const { env } = installation;
  const jars = await ensureJars(JARS, { cacheDir: join(findProjectRoot(), '.local', 'cache'), env, log });
  signal?.throwIfAborted();

  const releaseState = claimState(stateDir);
  const cluster = new SparkCluster({ ...options, installation, stateDir: join(stateDir, 'cluster'), logDir, log });
  const onAbort = () => void cluster.stop().catch(() => undefined); // its failure shows itself in the stop below
  try {
    signal?.addEventListener('abort', onAbort, { once: true });
    await cluster.start();
    signal?.throwIfAborted();
  } catch (error) {
    await cluster.stop().finally(releaseState);
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }

  const jobs: SparkJob[] = [];
  const stop = async () => {
    await Promise.all(jobs.map((job) => job.stop()));
    await cluster.stop();
  };
  let stopped: Promise<void> | undefined;
  return {
    stateDir,
    cluster,
    job(of) {
      const job = new SparkJob({
        ...of,
        installation,
        jars: jars.folder,
        cluster,
        stateDir: join(stateDir, of.name),
        logDir,
      });
      jobs.push(job);
      return job;
    },
    stop: () => (stopped ??= stop().finally(releaseState)),
  };
}

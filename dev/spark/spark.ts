import { join, resolve } from 'node:path';
import { ensureJars } from '../services/jars.js';
import { findProjectRoot } from '../services/project.js';
import { claimState } from '../services/state-lock.js';
import { ensureSpark, LOCAL_SPARK } from './installation.js';
import { SparkCluster, type SparkClusterOptions } from './spark-cluster.js';
import { SparkJob, type SparkJobOptions } from './spark-job.js';

export interface SparkOptions extends Pick<SparkClusterOptions, 'cores' | 'memory'> {
  /** State of cluster and jobs; one run at a time. The ports stay the same across restarts. */
  readonly stateDir: string;
  /** Folder for the logs; default: `logs` in the state folder. */
  readonly logDir?: string;
  /** The command to run again after a failed installation, for example 'npm start -- --engine spark'. */
  readonly command: string;
  /** Aborts the start: stops what has been started and rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Progress, one line at a time. */
  readonly log?: (line: string) => void;
}

export interface Spark {
  /** Holds a folder for each job, by its name. */
  readonly stateDir: string;
  readonly cluster: SparkCluster;
  /** Folder of the jars that pyspark lacks to read from Kafka. */
  readonly jars: string;
  /** Creates a job, not started yet. The name is used for its state and log, so only one job at a time may have it. */
  job(options: Pick<SparkJobOptions, 'name' | 'args' | 'env' | 'conf' | 'eventLogDir'>): SparkJob;
  /** Stops the jobs and the cluster and waits until they are gone. May be called more than once. */
  stop(): Promise<void>;
}

const JARS = { name: 'Spark', pom: join(findProjectRoot(), 'dev', 'spark', 'pom.xml') };

/**
 * Installs Spark if it is missing and starts a cluster on this machine.
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
  const onAbort = () => void cluster.stop().catch(() => undefined); // the stop below reports its failure
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
    jars: jars.folder,
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

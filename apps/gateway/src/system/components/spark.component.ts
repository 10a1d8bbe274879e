import { messageOf } from '#platform/errors/message-of.js';
import { parseSamples, type Sample } from '#platform/metrics/prometheus-text.js';
import type { Component, ProbeResponse } from '../component.js';

export interface SparkWorker {
  readonly id: string;
  readonly state: string;
  readonly cores: number;
  readonly cores_used: number;
}

export interface SparkMaster {
  readonly status: string;
  readonly workers: readonly SparkWorker[];
  readonly applications: readonly { readonly name: string; readonly state: string }[];
}

export interface SparkJob {
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly message: string | null;
  readonly last_batch: { readonly id: number; readonly records: number; readonly seconds: number } | null;
  /** Records of the topic that it has not processed. */
  readonly lag: number | null;
}

export interface SparkDetails {
  /** null if not configured (SPARK_MASTER_URL, SPARK_JOB_URL), or without a response. */
  readonly master: SparkMaster | null;
  readonly job: SparkJob | null;
}

/** The fields used here of the master's page /json/. */
interface MasterPage {
  readonly status: string;
  readonly workers: readonly { id: string; state: string; cores: number; coresused: number }[];
  readonly activeapps: readonly { name: string; state: string }[];
}

/** Shorter than the time after which the watch reports the component as down, so that the message says which one does not respond. */
const ANSWER_WITHIN_MS = 2500;

export class SparkComponent implements Component<SparkDetails> {
  readonly name = 'spark';
  /** Records of the topic that the job has processed; undefined while unknown. */
  processed: number | undefined;
  readonly remedy = "Look at the master's page, and at the logs of master, worker and job.";

  /** @param isWriter whether the job writes the mart. If not, it follows behind the consumer, and its loss stops nothing. */
  constructor(
    private readonly masterUrl: string | undefined,
    private readonly jobUrl: string | undefined,
    private readonly isWriter: boolean,
  ) {}

  async probe(): Promise<ProbeResponse<SparkDetails>> {
    const { masterUrl, jobUrl } = this;
    if (masterUrl === undefined && jobUrl === undefined) {
      return { status: 'absent', message: 'Spark is not configured (SPARK_MASTER_URL, SPARK_JOB_URL)' };
    }
    const [master, job] = await Promise.allSettled([
      masterUrl === undefined ? null : readMaster(masterUrl),
      jobUrl === undefined ? null : this.readJob(jobUrl),
    ]);
    const details = {
      master: master.status === 'fulfilled' ? master.value : null,
      job: job.status === 'fulfilled' ? job.value : null,
    };
    const faults = [
      master.status === 'rejected'
        ? `the master does not answer: ${messageOf(master.reason)}`
        : faultOf(details.master),
      job.status === 'rejected'
        ? `the job does not answer: ${messageOf(job.reason)}`
        : (details.job?.message ?? undefined),
    ].filter((each) => each !== undefined);
    if (faults.length === 0) return { status: 'up', details };
    return { status: this.isWriter ? 'down' : 'degraded', message: faults.join('; '), action: this.remedy, details };
  }

  private async readJob(url: string): Promise<SparkJob> {
    const [readiness, metrics] = await Promise.all([
      get(url, '/readyz'),
      get(url, '/metrics').then((answer) => answer.text()),
    ]);
    const { error } = (await readiness.json()) as { error?: Record<string, { message?: string }> };
    const reasons = Object.values(error ?? {}).map(({ message }) => message ?? 'no reason given');
    const samples = parseSamples(metrics);
    const sample = (name: string, labels?: Sample['labels']) => valueOf(samples, name, labels);
    this.processed = sample('messages_consumed_total') ?? undefined;
    const id = sample('messages_spark_batch_id');
    return {
      ready: readiness.ok,
      message: readiness.ok ? null : `the job is not ready: ${reasons.join(', ')}`,
      last_batch:
        id === null
          ? null
          : {
              id,
              records: sample('messages_spark_batch_records') ?? 0,
              seconds: sample('messages_spark_batch_duration_seconds', { phase: 'triggerExecution' }) ?? 0,
            },
      lag: sample('messages_source_lag_records'),
    };
  }
}

function faultOf(master: SparkMaster | null): string | undefined {
  if (master === null) return undefined;
  if (master.status !== 'ALIVE') return `the master is ${master.status}`;
  return master.workers.some(({ state }) => state === 'ALIVE') ? undefined : 'the master has no worker';
}

async function readMaster(url: string): Promise<SparkMaster> {
  const page = (await (await get(url, '/json/')).json()) as MasterPage;
  return {
    status: page.status,
    workers: page.workers.map(({ id, state, cores, coresused }) => ({ id, state, cores, cores_used: coresused })),
    applications: page.activeapps.map(({ name, state }) => ({ name, state })),
  };
}

/** The value of the sample with exactly these labels; null if there is none. */
function valueOf(samples: readonly Sample[], name: string, labels: Sample['labels'] = {}): number | null {
  const wanted = Object.entries(labels);
  const found = samples.find(
    (sample) =>
      sample.name === name &&
      Object.keys(sample.labels).length === wanted.length &&
      wanted.every(([label, value]) => sample.labels[label] === value),
  );
  return found?.value ?? null;
}

function get(url: string, path: string): Promise<Response> {
  return fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

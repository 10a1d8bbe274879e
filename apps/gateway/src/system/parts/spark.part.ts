import { messageOf } from '#platform/errors/message-of.js';
import type { Part, PartAnswer } from '../part.js';

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
  /** Why it is not. */
  readonly message: string | null;
  readonly last_batch: { readonly id: number; readonly records: number; readonly seconds: number } | null;
  /** Records of the topic that it has not dealt with. */
  readonly lag: number | null;
}

export interface SparkFigures {
  /** null where it is not looked at (SPARK_MASTER_URL, SPARK_JOB_URL), or does not answer. */
  readonly master: SparkMaster | null;
  readonly job: SparkJob | null;
}

/** What the master's page says at /json/; there is more in it. */
interface MasterPage {
  readonly status: string;
  readonly workers: readonly { id: string; state: string; cores: number; coresused: number }[];
  readonly activeapps: readonly { name: string; state: string }[];
}

/** Less than after what the watch says that a part is down: that Spark is silent is for this part to judge. */
const ANSWER_WITHIN_MS = 2500;

export class SparkPart implements Part<SparkFigures> {
  readonly name = 'spark';
  /** Records of the topic that the job has dealt with; undefined while that is not known. */
  processed: number | undefined;
  readonly remedy = "See the master's page, and the logs of master, worker and job.";

  /** @param isWriter whether the job writes the mart; otherwise it follows behind the consumer, and its loss stops nothing. */
  constructor(
    private readonly masterUrl: string | undefined,
    private readonly jobUrl: string | undefined,
    private readonly isWriter: boolean,
  ) {}

  async ask(): Promise<PartAnswer<SparkFigures>> {
    const { masterUrl, jobUrl } = this;
    if (masterUrl === undefined && jobUrl === undefined) {
      return { status: 'absent', message: 'no Spark is configured (SPARK_MASTER_URL, SPARK_JOB_URL)' };
    }
    const [master, job] = await Promise.allSettled([
      masterUrl === undefined ? null : askMaster(masterUrl),
      jobUrl === undefined ? null : this.askJob(jobUrl),
    ]);
    const figures = {
      master: master.status === 'fulfilled' ? master.value : null,
      job: job.status === 'fulfilled' ? job.value : null,
    };
    const trouble = [
      master.status === 'rejected'
        ? `the master does not answer: ${messageOf(master.reason)}`
        : troubleOf(figures.master),
      job.status === 'rejected'
        ? `the job does not answer: ${messageOf(job.reason)}`
        : (figures.job?.message ?? undefined),
    ].filter((each) => each !== undefined);
    if (trouble.length === 0) return { status: 'up', figures };
    return { status: this.isWriter ? 'down' : 'degraded', message: trouble.join('; '), action: this.remedy, figures };
  }

  private async askJob(url: string): Promise<SparkJob> {
    const [readiness, metrics] = await Promise.all([
      get(url, '/readyz'),
      get(url, '/metrics').then((answer) => answer.text()),
    ]);
    const { error } = (await readiness.json()) as { error?: Record<string, { message?: string }> };
    const reasons = Object.values(error ?? {}).map(({ message }) => message ?? 'no reason given');
    const figure = (name: string) => sampleOf(metrics, name);
    this.processed = figure('messages_consumed_total') ?? undefined;
    const id = figure('messages_spark_batch_id');
    return {
      ready: readiness.ok,
      message: readiness.ok ? null : `the job is not ready: ${reasons.join(', ')}`,
      last_batch:
        id === null
          ? null
          : {
              id,
              records: figure('messages_spark_batch_records') ?? 0,
              seconds: figure('messages_spark_batch_duration_seconds{phase="triggerExecution"}') ?? 0,
            },
      lag: figure('messages_source_lag_records'),
    };
  }
}

function troubleOf(master: SparkMaster | null): string | undefined {
  if (master === null) return undefined;
  if (master.status !== 'ALIVE') return `the master is ${master.status}`;
  return master.workers.some(({ state }) => state === 'ALIVE') ? undefined : 'the master has no worker';
}

async function askMaster(url: string): Promise<SparkMaster> {
  const page = (await (await get(url, '/json/')).json()) as MasterPage;
  return {
    status: page.status,
    workers: page.workers.map(({ id, state, cores, coresused }) => ({ id, state, cores, cores_used: coresused })),
    applications: page.activeapps.map(({ name, state }) => ({ name, state })),
  };
}

/** One sample of Prometheus' text format; null where it is not there. */
function sampleOf(text: string, series: string): number | null {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length + 1));
}

function get(url: string, path: string): Promise<Response> {
  return fetch(new URL(path, url), { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
}

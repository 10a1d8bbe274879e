import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kafkaShape } from '#platform/config/kafka-config.js';
import { readEnv } from '#platform/config/env.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import { quoteLog } from '../services/log-file.js';
import type { SparkJob } from '../spark/spark-job.js';
import type { Spark } from '../spark/spark.js';
import type { Apps } from './apps.js';
import { appEnvironment, followerTriggerSeconds } from './config/environment.js';
import { Counts } from './counts.js';
import type { Engine } from './engine.js';
import { withAdmin } from './kafka-admin.js';
import type { ScrapeTarget } from './scrape-targets.js';
import type { Screen } from '#platform/terminal/screen.js';
import { StageClock } from './stage-clock.js';

const POLL_MS = 200;

/** The Spark job on a cluster of this machine. It has no consumer group, so its progress comes from its own metrics. */
export class SparkEngine implements Engine {
  readonly name = 'spark';
  readonly counts = new Counts();
  readonly consuming = new StageClock();
  behind: number | undefined;
  private job: SparkJob | undefined;

  /** @param follows whether it follows the consumer, which then is the live writer */
  constructor(
    private readonly spark: Spark,
    private readonly follows: boolean,
    private readonly apps: Apps,
    private readonly screen: Screen,
  ) {}

  get pages() {
    const { uiUrl } = this.spark.cluster;
    return [
      [uiUrl, 'Spark: the cluster, its workers and applications'],
      [this.job!.uiUrl, 'Spark: the job, its queries and micro-batches'],
      [`${this.job!.url}/metrics`, 'Spark: what the job counts'],
    ] as const;
  }

  get scrapeTargets(): readonly ScrapeTarget[] {
    const { uiUrl, workerUiUrl } = this.spark.cluster;
    return [
      { service: 'spark-job', url: `${this.job!.url}/metrics` },
      { service: 'spark-master', url: `${uiUrl}/metrics/master/prometheus/` },
      { service: 'spark-worker', url: `${workerUiUrl}/metrics/prometheus/` },
    ];
  }

  get gatewaySettings() {
    return {
      PIPELINE_ENGINE: this.follows ? 'both' : 'spark',
      SPARK_MASTER_URL: this.spark.cluster.uiUrl,
      SPARK_JOB_URL: this.job!.url,
    };
  }

  /** Waits for the first micro-batch of a live writer. A follower has none until the consumer has written something. */
  async start(signal: AbortSignal): Promise<void> {
    const clusterId = await withAdmin(this.apps.kafkaBrokers, async (admin) => {
      await ensureTopic(admin, messageTopic(readEnv(kafkaShape, appEnvironment(this.apps.settings))), ['Read']);
      return (await admin.describeCluster()).clusterId;
    });
    const role = this.follows ? 'follower' : 'writer';
    this.job = this.spark.job({
      name: 'job',
      args: this.follows ? ['--follow'] : [],
      env: {
        ...this.apps.settings,
        ...(this.follows ? { SPARK_TRIGGER_SECONDS: followerTriggerSeconds() } : {}),
        // A checkpoint is valid for one Kafka cluster only, and a follower has not written what it has read.
        SPARK_CHECKPOINT_DIR: join(this.spark.stateDir, 'checkpoints', `${role}-${clusterId}`),
      },
      eventLogDir: join(this.spark.stateDir, 'event-logs'),
    });
    await this.job.start();
    for (let why: string | undefined; !this.follows && (why = await this.job.whyNotReady());) {
      signal.throwIfAborted();
      this.checkRunning(this.job);
      this.screen.show(() => [`spark       ${why}`]);
      await sleep(POLL_MS);
    }
  }

  async refresh(): Promise<void> {
    const job = this.job!;
    this.checkRunning(job);
    const metrics = await job.metrics().catch(() => undefined);
    if (metrics !== undefined) this.counts.update(metrics);
    // The job compares with the current end of the topic, so the newest records count.
    this.behind = metrics === undefined ? undefined : this.counts.find('messages_source_lag_records');
    const consumed = this.counts.sum('messages_consumed_total');
    // A micro-batch is counted only when it is done. Skip updates until then, so that the time of the first one counts.
    if (consumed > 0 || this.behind === 0) this.consuming.update(consumed);
  }

  private checkRunning(job: SparkJob): void {
    if (!job.isRunning()) throw new Error(`The Spark job ended unexpectedly. ${quoteLog(job.logFile)}`);
  }
}

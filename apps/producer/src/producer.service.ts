import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { fileCalls } from '#platform/csv/file-calls.js';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { messageOf } from '#platform/errors/message-of.js';
import { HealthRegistry, type HealthState } from '#platform/health/health-registry.js';
import { abortableSleep } from '#platform/retry/backoff.js';
import { PRODUCER_CONFIG, type ProducerConfig } from './config/producer-config.js';
import { BatchSender } from './kafka/batch-sender.js';
import { SingleRun } from './run-outcome.js';
import { RunService } from './run.service.js';
import { FileWatch } from './watch/file-watch.js';

/** How long a shutdown waits for acknowledgements; the process itself has 10 s. */
const FINISH_WITHIN_MS = 5_000;

/** Produces the configured files: once, or with `--watch` in one run after another. */
@Injectable()
export class ProducerService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Producer');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private watched: FileWatch | undefined;

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly runs: RunService,
    private readonly sender: BatchSender,
    health: HealthRegistry,
  ) {
    health.registerReadiness('delivery', () => this.sender.health());
    health.registerReadiness('files', () => this.filesHealth());
  }

  /**
   * Resolves when all files are produced. With `--watch` it resolves only at shutdown, when the records in flight are
   * acknowledged.
   *
   * @throws ProducerError, TopicError; without `--watch` also CsvError.
   */
  run(): Promise<void> {
    const { files, PRODUCER_WATCH_SECONDS: seconds } = this.config;
    const work = seconds === undefined ? this.once(files) : this.watch(files, seconds);
    this.running = work.catch((error: unknown) => {
      // A request abandoned at shutdown is not a failure: the next start repeats it.
      if (!this.stopping.signal.aborted) throw error;
      this.logger.warn(
        `Stopped before Kafka acknowledged everything (${messageOf(error)}); the next start repeats the last requests`,
      );
    });
    return this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('the producer is shutting down'));
    fileCalls.end();
    const deadline = setTimeout(() => this.sender.abandon(), FINISH_WITHIN_MS);
    await this.running.catch(() => undefined);
    clearTimeout(deadline);
    await this.sender.disconnect();
  }

  private filesHealth(): HealthState {
    const calls = fileCalls.health();
    return calls.up && this.watched ? this.watched.health() : calls;
  }

  private async once(patterns: readonly string[]): Promise<void> {
    await this.runs.produce(await findCsvFiles(patterns), new SingleRun(), this.stopping.signal);
  }

  private async watch(patterns: readonly string[], seconds: number): Promise<void> {
    const { signal } = this.stopping;
    const files = new FileWatch(patterns, seconds);
    this.watched = files;
    // The first run takes place even without files: it creates the topics, and nothing is ready without them.
    await this.runs.produce(await files.scan(), files, signal);
    while (!signal.aborted) {
      await abortableSleep(seconds * 1_000, signal).catch(() => undefined);
      const next = signal.aborted ? [] : await files.scan();
      if (next.length > 0) await this.runs.produce(next, files, signal);
    }
  }
}

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

/** What is in flight has this long to be acknowledged once the end is asked for; the process itself has 10 s. */
const FINISH_WITHIN_MS = 5_000;

/** Produces the configured files: once, or while it watches in one run after the other. */
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
   * Resolves when all files are produced, with `--watch` never by itself; or when what was in flight when the shutdown began is
   * acknowledged.
   *
   * @throws ProducerError, TopicError; CsvError unless it watches.
   */
  run(): Promise<void> {
    const { files, PRODUCER_WATCH_SECONDS: seconds } = this.config;
    const work = seconds === undefined ? this.once(files) : this.watch(files, seconds);
    this.running = work.catch((error: unknown) => {
      // Abandoned work after the shutdown began is repeated by the next run; it is no failure of this one.
      if (!this.stopping.signal.aborted) throw error;
      this.logger.warn(
        `Ended before all was acknowledged (${messageOf(error)}); the next run repeats the last requests`,
      );
    });
    return this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('the producer is ending'));
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
    // The first run is due in any case: it makes the topics, without which nobody is ready.
    await this.runs.produce(await files.scan(), files, signal);
    while (!signal.aborted) {
      await abortableSleep(seconds * 1_000, signal).catch(() => undefined);
      const next = signal.aborted ? [] : await files.scan();
      if (next.length > 0) await this.runs.produce(next, files, signal);
    }
  }
}

import { Inject, Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Kafka } from 'kafkajs';
import { messageOf } from '#platform/errors/message-of.js';
import { findCsvFiles } from '#platform/csv/find-csv-files.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { ensureTopic, messageTopic } from '#platform/kafka/ensure-topic.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { retryForever } from '#platform/retry/backoff.js';
import { PRODUCER_CONFIG, type ProducerConfig } from './config/producer-config.js';
import { FileProducer } from './file-producer.js';
import { BatchSender } from './kafka/batch-sender.js';
import { refusal } from './kafka/kafka-errors.js';
import { RecordWriter } from './kafka/record-writer.js';
import { orAborted } from './or-aborted.js';
import { RatePacing, ReplayPacing, unlimited, type Pacing } from './pacing/pacing.js';
import { PositionStore } from './positions/position-store.js';
import type { FilePosition } from '#platform/kafka/file-position.js';
import { fingerprint, startingPosition } from './positions/position.js';
import { ProducerError } from './producer-error.js';
import { ProgressReporter } from './progress/progress-reporter.js';
import { duration, grouped, type ProgressFigures } from './progress/progress.js';

/** What is in flight has this long to be acknowledged once the end is asked for; the process itself has 10 s. */
const FINISH_WITHIN_MS = 5_000;

/** Produces the configured files, one after the other, each from where an earlier run got to. */
@Injectable()
export class ProducerService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Producer');
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private readonly recordsProduced;
  private readonly positionRows;
  private readonly sourceSize;
  private current: FileProducer | null = null;
  private startedAt = 0;
  private rows = 0;
  private bytesAtStart = 0;
  private bytesOfFilesBefore = 0;
  private totalBytes = 0;

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly kafka: Kafka,
    private readonly sender: BatchSender,
    private readonly positions: PositionStore,
    private readonly metrics: Metrics,
    health: HealthRegistry,
  ) {
    this.recordsProduced = metrics.counter('recordsProduced');
    this.positionRows = metrics.gauge('producerPosition');
    this.sourceSize = metrics.gauge('sourceSize');
    health.registerReadiness('delivery', () => this.sender.health());
  }

  /**
   * Resolves when all files are produced, or what was in flight when the shutdown began is acknowledged.
   *
   * @throws ProducerError, CsvError, TopicError; the system's error when a file cannot be read.
   */
  run(): Promise<void> {
    this.running = this.produceAll().catch((error: unknown) => {
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
    const deadline = setTimeout(() => this.sender.abandon(), FINISH_WITHIN_MS);
    await this.running.catch(() => undefined);
    clearTimeout(deadline);
    await this.sender.disconnect();
  }

  private async produceAll(): Promise<void> {
    const paths = await findCsvFiles(this.config.files);
    const files = await Promise.all(paths.map(fingerprint));
    const { partitions, stored } = await orAborted(this.prepareTopics(), this.stopping.signal);
    // All are compared before anything is sent: a changed file must not be noticed only after hours.
    const starts = files.map((file) => startingPosition(file, stored.get(file.file), this.config.PRODUCER_FROM_START));
    this.totalBytes = files.reduce((sum, { size }) => sum + size, 0);
    this.sourceSize.set(this.totalBytes);
    await this.sender.connect();

    const writer = this.createWriter(partitions);
    const pacing = this.createPacing();
    const progress = new ProgressReporter(() => this.figures());
    this.startedAt = performance.now();
    progress.start();
    try {
      for (const start of starts) {
        if (this.stopping.signal.aborted) break;
        await this.produceFile(start, writer, pacing);
        this.bytesOfFilesBefore += start.size;
      }
    } finally {
      progress.stop();
    }
    this.logSummary();
  }

  private async produceFile(start: FilePosition, writer: RecordWriter, pacing: Pacing): Promise<void> {
    if (start.done) {
      this.logger.log(
        `${start.file} was produced completely before (${grouped(start.rows)} rows), passed by; --from-start repeats it`,
      );
      this.bytesAtStart += start.size;
      return;
    }
    if (start.rows > 0)
      this.logger.log(`${start.file}: resuming at row ${grouped(start.rows + 1)}, line ${grouped(start.line)}`);
    else this.logger.log(`${start.file}: from the start`);
    this.current = await FileProducer.open(start, writer, pacing, this.metrics, this.stopping.signal);
    this.bytesAtStart += this.current.bytesAtStart;
    await this.current.run();
  }

  /** Waits for Kafka as long as it takes. */
  private prepareTopics(): Promise<{ partitions: number; stored: Map<string, FilePosition> }> {
    const { signal } = this.stopping;
    const { KAFKA_TOPIC_RETENTION_MS: retention } = this.config;
    return retryForever(
      async () => {
        const admin = this.kafka.admin();
        try {
          await admin.connect();
          const { partitions } = await ensureTopic(
            admin,
            messageTopic(this.config, retention === undefined ? {} : { 'retention.ms': retention }),
          );
          await this.positions.ensureTopic(admin);
          return { partitions, stored: await this.positions.read(admin) };
        } finally {
          await admin.disconnect();
        }
      },
      {
        signal,
        isRetriable: (error) => refusal(error) === null && !(error instanceof ProducerError && !error.retriable),
        onRetry: (error) => this.logger.warn(`Kafka is not ready, trying on: ${messageOf(error)}`),
      },
    );
  }

  private createWriter(partitions: number): RecordWriter {
    return new RecordWriter({
      topic: this.config.KAFKA_TOPIC,
      partitions,
      positionsTopic: this.positions.positionsTopic,
      maxRows: this.config.PRODUCER_BATCH_ROWS,
      maxBytes: this.config.PRODUCER_BATCH_BYTES,
      send: (batches) => this.sender.send(batches),
      positionKey: (file) => this.positions.key(file),
      onAcknowledged: (position, records) => {
        this.rows += records;
        this.recordsProduced.inc(records);
        this.positionRows.set(position.rows);
      },
    });
  }

  private createPacing(): Pacing {
    if (this.config.PRODUCER_RATE !== undefined) return new RatePacing(this.config.PRODUCER_RATE);
    return this.config.PRODUCER_SPEED === undefined ? unlimited : new ReplayPacing(this.config.PRODUCER_SPEED);
  }

  private figures(): ProgressFigures {
    return {
      file: this.current?.name ?? '',
      rows: this.rows,
      bytes: this.bytesOfFilesBefore + (this.current?.bytesRead ?? 0),
      bytesAtStart: this.bytesAtStart,
      totalBytes: this.totalBytes,
      seconds: (performance.now() - this.startedAt) / 1_000,
    };
  }

  private logSummary(): void {
    const { rows, seconds } = this.figures();
    const rate = grouped(Math.round(rows / Math.max(seconds, 0.001)));
    this.logger.log(
      `Produced ${grouped(rows)} rows to ${this.config.KAFKA_TOPIC} in ${duration(seconds)} (${rate} rows/s)` +
        (this.stopping.signal.aborted ? '; ended before the end of the files, the next run goes on there' : ''),
    );
  }
}

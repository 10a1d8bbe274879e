import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FilePosition, Fingerprint } from '#platform/producer-positions/file-position.js';
import { Metrics } from '#platform/metrics/metrics.js';
import { PRODUCER_CONFIG, type ProducerConfig } from './config/producer-config.js';
import { FileProducer } from './file-producer.js';
import { BatchSender } from './kafka/batch-sender.js';
import { RecordWriter } from './kafka/record-writer.js';
import { RatePacing, ReplayPacing, unlimited, type Pacing } from './pacing/pacing.js';
import { PositionStore } from './positions/position-store.js';
import { fingerprint, startingPosition } from './positions/position.js';
import { TopicPreparer, type PreparedTopics } from './kafka/topic-preparer.js';
import { ProgressReporter } from './progress/progress-reporter.js';
import { duration, grouped } from './progress/progress.js';
import { RunProgress } from './progress/run-progress.js';
import { eachFile, type RunOutcome } from './run-outcome.js';

/** Shared by all files of a run. */
interface Run {
  readonly writer: RecordWriter;
  readonly pacing: Pacing;
  readonly progress: RunProgress;
  readonly outcome: RunOutcome;
  readonly stored: ReadonlyMap<string, FilePosition>;
  readonly stopping: AbortSignal;
}

/** Produces files one after another, each from its stored position. */
@Injectable()
export class RunService {
  private readonly logger = new Logger('Producer');
  private readonly recordsProduced;
  private readonly positionRows;
  private readonly sourceSize;
  /** Size in bytes of each file seen by any run of this process. */
  private readonly sizes = new Map<string, number>();
  /** Files already started by this process: later runs resume them, even with --from-start. */
  private readonly started = new Set<string>();

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly topicPreparer: TopicPreparer,
    private readonly sender: BatchSender,
    private readonly positions: PositionStore,
    private readonly metrics: Metrics,
  ) {
    this.recordsProduced = metrics.counter('recordsProduced');
    this.positionRows = metrics.gauge('producerPosition');
    this.sourceSize = metrics.gauge('sourceSize');
  }

  /**
   * Resolves when every file is produced or refused. When `stopping` aborts, it resolves once the records in flight are
   * acknowledged. Without files it still prepares the topics.
   *
   * @throws ProducerError, TopicError, and whatever `outcome` throws.
   */
  async produce(paths: readonly string[], outcome: RunOutcome, stopping: AbortSignal): Promise<void> {
    const named = paths.map((file) => ({ file }));
    const files = await eachFile(named, outcome, ({ file }) => fingerprint(file));
    const topics = await this.topicPreparer.prepare(stopping);
    const { partitions, stored } = topics;
    // Check all files before sending anything, so that a bad one is not discovered only after hours.
    const starts = await eachFile(files, outcome, async (file) => {
      const start = this.checkTopic(await this.startOf(file, stored, stopping), topics);
      if (!start.done) await FileProducer.checkHeader(file.file);
      return start;
    });
    outcome.allChecked();
    if (starts.length === 0) return;
    await this.sender.connect();

    const progress = new RunProgress(this.countSizes(starts));
    const writer = this.createWriter(partitions, progress);
    const run = { writer, pacing: this.createPacing(), progress, outcome, stored, stopping };
    const reporter = new ProgressReporter(() => progress.snapshot());
    reporter.start();
    try {
      await eachFile(starts, outcome, (start) => this.produceFile(start, run));
    } finally {
      reporter.stop();
    }
    this.logSummary(run);
  }

  private startOf(
    file: Fingerprint,
    stored: ReadonlyMap<string, FilePosition>,
    signal: AbortSignal,
  ): Promise<FilePosition> {
    const fromStart = this.config.PRODUCER_FROM_START && !this.started.has(file.file);
    return startingPosition(file, stored.get(file.file), fromStart, (content, whole) => {
      this.logger.log(
        `${file.file} was written, moved or mounted since it was last read; comparing the ${grouped(content.bytes)} bytes read then`,
      );
      return FileProducer.hasContent(file.file, content, whole, signal);
    });
  }

  /** Warns when the rows before a position were sent to a topic that no longer exists. */
  private checkTopic(start: FilePosition, { topicId, created }: PreparedTopics): FilePosition {
    if (start.rows === 0) return { ...start, topicId };
    if (created || (topicId !== undefined && start.topicId !== undefined && start.topicId !== topicId)) {
      this.logger.warn(
        `${start.file}: the topic ${this.config.KAFKA_TOPIC} was recreated after ${grouped(start.rows)} rows of this file were sent, ` +
          'and no longer holds them; --from-start sends them again (rows already in the mart do not change)',
      );
    }
    return start;
  }

  private async produceFile(start: FilePosition, run: Run): Promise<void> {
    if (run.stopping.aborted) return;
    try {
      if (start.done) await this.skip(start, run);
      else await this.produceFrom(start, run);
    } finally {
      run.progress.end(start.size);
    }
  }

  private async skip(start: FilePosition, { outcome, stored, writer }: Run): Promise<void> {
    const { file, rows, changedAt } = start;
    outcome.accepted(file);
    this.logger.log(`${file} was already produced (${grouped(rows)} rows), skipped; --from-start produces it again`);
    // The content was compared just now. Store the new times, so that the next run does not compare it again.
    if (stored.get(file)?.changedAt !== changedAt) await writer.store(start);
  }

  private async produceFrom(start: FilePosition, run: Run): Promise<void> {
    const waits = this.config.PRODUCER_WATCH_SECONDS === undefined;
    const producer = await FileProducer.open(start, waits, run.writer, run.pacing, this.metrics, run.stopping);
    run.outcome.accepted(start.file);
    run.progress.begin(producer);
    this.started.add(start.file);
    if (start.rows > 0)
      this.logger.log(`${start.file}: resuming at row ${grouped(start.rows + 1)}, line ${grouped(start.line)}`);
    else this.logger.log(`${start.file}: from the start`);
    await producer.run();
    if (producer.repeatedHeaders > 0)
      this.logger.log(`${start.file}: skipped ${grouped(producer.repeatedHeaders)} lines that repeat the header`);
  }

  /** @returns the size of all files of this run. */
  private countSizes(starts: readonly FilePosition[]): number {
    for (const { file, size } of starts) this.sizes.set(file, size);
    this.sourceSize.set(sum([...this.sizes.values()]));
    return sum(starts.map(({ size }) => size));
  }

  private createWriter(partitions: number, progress: RunProgress): RecordWriter {
    return new RecordWriter({
      topic: this.config.KAFKA_TOPIC,
      partitions,
      positionsTopic: this.positions.positionsTopic,
      maxRows: this.config.PRODUCER_BATCH_ROWS,
      maxBytes: this.config.PRODUCER_BATCH_BYTES,
      send: (batches) => this.sender.send(batches),
      positionKey: (file) => this.positions.key(file),
      onAcknowledged: (position, records) => {
        progress.acknowledged(records);
        this.recordsProduced.inc(records);
        this.positionRows.set(position.rows);
      },
    });
  }

  /** Each run has its own replay clock: a file that arrives later starts at its own first sent_at. */
  private createPacing(): Pacing {
    if (this.config.PRODUCER_RATE !== undefined) return new RatePacing(this.config.PRODUCER_RATE);
    return this.config.PRODUCER_SPEED === undefined ? unlimited : new ReplayPacing(this.config.PRODUCER_SPEED);
  }

  private logSummary({ progress, stopping }: Run): void {
    const { rows, seconds } = progress.snapshot();
    const rate = grouped(Math.round(rows / Math.max(seconds, 0.001)));
    const { KAFKA_TOPIC: topic, PRODUCER_WATCH_SECONDS: watch } = this.config;
    this.logger.log(
      `Produced ${grouped(rows)} rows to ${topic} in ${duration(seconds)} (${rate} rows/s)` +
        (stopping.aborted ? '; stopped before the end of the files, the next start resumes there' : '') +
        (watch === undefined || stopping.aborted ? '' : `; scanning for new files every ${watch} s`),
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

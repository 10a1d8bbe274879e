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

/** What the files of one run have in common. */
interface Run {
  readonly writer: RecordWriter;
  readonly pacing: Pacing;
  readonly progress: RunProgress;
  readonly outcome: RunOutcome;
  readonly stored: ReadonlyMap<string, FilePosition>;
  readonly stopping: AbortSignal;
}

/** Produces the files it is given, one after the other, each from where an earlier run got to. */
@Injectable()
export class RunService {
  private readonly logger = new Logger('Producer');
  private readonly recordsProduced;
  private readonly positionRows;
  private readonly sourceSize;
  /** Bytes of each file that had its turn, in any run. */
  private readonly sizes = new Map<string, number>();
  /** Those that were begun anew are gone on with in a later run, also where all are to be produced from the start. */
  private readonly begun = new Set<string>();

  constructor(
    @Inject(PRODUCER_CONFIG) private readonly config: ProducerConfig,
    private readonly topics: TopicPreparer,
    private readonly sender: BatchSender,
    private readonly positions: PositionStore,
    private readonly metrics: Metrics,
  ) {
    this.recordsProduced = metrics.counter('recordsProduced');
    this.positionRows = metrics.gauge('producerPosition');
    this.sourceSize = metrics.gauge('sourceSize');
  }

  /**
   * Resolves when all files are produced or refused, or what was in flight when `stopping` came is acknowledged. Without files it
   * still sees to the topics.
   *
   * @throws what `outcome.refused` throws; ProducerError, TopicError.
   */
  async produce(paths: readonly string[], outcome: RunOutcome, stopping: AbortSignal): Promise<void> {
    const named = paths.map((file) => ({ file }));
    const files = await eachFile(named, outcome, ({ file }) => fingerprint(file));
    const topics = await this.topics.prepare(stopping);
    const { partitions, stored } = topics;
    // All are looked at before anything is sent: what is wrong with one must not be noticed only after hours.
    const starts = await eachFile(files, outcome, async (file) => {
      const start = this.ofTopic(await this.startOf(file, stored, stopping), topics);
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
    const fromStart = this.config.PRODUCER_FROM_START && !this.begun.has(file.file);
    return startingPosition(file, stored.get(file.file), fromStart, (content, whole) => {
      this.logger.log(
        `${file.file} was written, moved or mounted since ${grouped(content.bytes)} bytes of it were read; comparing them`,
      );
      return FileProducer.hasContent(file.file, content, whole, signal);
    });
  }

  /** Says where the rows before a position went to a topic that is gone. */
  private ofTopic(start: FilePosition, { topicId, created }: PreparedTopics): FilePosition {
    if (start.rows === 0) return { ...start, topicId };
    if (created || (topicId !== undefined && start.topicId !== undefined && start.topicId !== topicId)) {
      this.logger.warn(
        `${start.file}: the topic ${this.config.KAFKA_TOPIC} was deleted and created again since ${grouped(start.rows)} of its ` +
          'rows were sent to it, and does not hold them; --from-start sends them again (rows in the mart already change nothing)',
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
    this.logger.log(`${file} was produced completely before (${grouped(rows)} rows), skipped; --from-start repeats it`);
    // It was compared, and need not be again.
    if (stored.get(file)?.changedAt !== changedAt) await writer.store(start);
  }

  private async produceFrom(start: FilePosition, run: Run): Promise<void> {
    const waits = this.config.PRODUCER_WATCH_SECONDS === undefined;
    const producer = await FileProducer.open(start, waits, run.writer, run.pacing, this.metrics, run.stopping);
    run.outcome.accepted(start.file);
    run.progress.begin(producer);
    this.begun.add(start.file);
    if (start.rows > 0)
      this.logger.log(`${start.file}: resuming at row ${grouped(start.rows + 1)}, line ${grouped(start.line)}`);
    else this.logger.log(`${start.file}: from the start`);
    await producer.run();
    if (producer.repeatedHeaders > 0)
      this.logger.log(`${start.file}: skipped ${grouped(producer.repeatedHeaders)} lines that repeat the header`);
  }

  /** @returns bytes of this run. */
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

  /** A replay begins with each run: a file that comes later does not wait for its place in the days of an earlier one. */
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
        (stopping.aborted ? '; ended before the end of the files, the next run goes on there' : '') +
        (watch === undefined || stopping.aborted ? '' : `; looking for further files every ${watch} s`),
    );
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

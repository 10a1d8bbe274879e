import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import { SKIP_REASONS, type SkipReason } from '#schema/skipped-records.js';
import type { CleanedBatch } from './clean/clean-batch.js';
import type { Written } from './persist/message-writer.js';
import { DeliveryLatency } from './positions/delivery-latency.js';
import { REWIND_REASONS, type RewindReason } from './positions/partition-start.js';
import type { Chunk } from './transport/kafka-batch.js';

/** Earlier timestamps are wrong: Kafka did not exist. A time in seconds instead of milliseconds is earlier, too. */
const EARLIEST = Date.UTC(2000, 0, 1);

/** Timestamps further in the future are wrong, because clocks do not differ by more than this. */
const FUTURE_MS = 24 * 3_600_000;

/** The consumer's metrics. A batch is counted once, after it is in the mart. */
@Injectable()
export class ConsumerMetrics {
  /** The same latencies as the histogram, finer and by partition. */
  readonly delivered = new DeliveryLatency();
  private readonly consumed = this.metrics.counter('recordsConsumed');
  private readonly stored = this.metrics.counter('rowsStored');
  private readonly unchanged = this.metrics.counter('rowsUnchanged');
  private readonly quarantined = this.metrics.counter('recordsQuarantined');
  private readonly erased = this.metrics.counter('recordsErased');
  private readonly repaired = this.metrics.counter('valuesRepaired');
  private readonly unknownFields = this.metrics.counter('unknownFields');
  private readonly tombstones = this.metrics.counter('tombstones');
  private readonly latency = this.metrics.countedHistogram('latency');
  private readonly batchRows = this.metrics.histogram('batchRows');
  private readonly batchSeconds = this.metrics.histogram('batchSeconds');
  private readonly partitionsStuck = this.metrics.gauge('partitionsStuck');
  private readonly open = this.metrics.gauge('breakerOpen');
  private readonly retries = this.metrics.counter('retries');
  private readonly skippedRecords = this.metrics.counter('recordsSkipped');
  private readonly rewinds = this.metrics.counter('rewinds');

  constructor(private readonly metrics: Metrics) {
    // A counter that only appears with its first event shows no increase.
    for (const dependency of ['postgresql', 'kafka']) this.retries.inc({ dependency }, 0);
    this.quarantined.inc({ reason: 'unreadable_batch' }, 0);
    for (const result of ['inserted', 'updated']) this.stored.inc({ result }, 0);
    for (const reason of Object.keys(SKIP_REASONS)) this.skippedRecords.inc({ reason }, 0);
    for (const reason of REWIND_REASONS) this.rewinds.inc({ reason }, 0);
  }

  count(batch: CleanedBatch, written: Written): void {
    this.consumed.inc(batch.records);
    this.stored.inc({ result: 'inserted' }, written.inserted);
    this.stored.inc({ result: 'updated' }, written.updated);
    this.unchanged.inc(written.unchanged + batch.superseded);
    this.erased.inc(written.erased);
    this.unknownFields.inc(batch.unknownFields);
    this.tombstones.inc(batch.tombstones);
    this.batchRows.observe(batch.records);
    for (const [reason, records] of written.quarantined) this.quarantined.inc({ reason }, records);
    for (const { repair, count } of batch.repairs.values()) {
      this.repaired.inc({ rule: repair.repair, column: repair.column }, count);
    }
  }

  /**
   * Observes the age of a batch's records once they are in the mart. Impossible timestamps, such as -1 for none or one in
   * microseconds, are ignored.
   *
   * @param now milliseconds since the epoch. A record slightly in the future, because clocks differ, has the age 0
   */
  visible(chunks: readonly Chunk[], now = Date.now()): void {
    for (const { partition, messages } of chunks) {
      // Records produced together share a timestamp, so there are few different ones.
      for (let from = 0, to = 0; from < messages.length; from = to) {
        const { timestamp } = messages[from]!;
        while (messages[to]?.timestamp === timestamp) to++;
        const produced = Number(timestamp);
        if (produced < EARLIEST || !(produced <= now + FUTURE_MS)) continue;
        const seconds = Math.max(0, now - produced) / 1000;
        this.latency.observe(seconds, to - from);
        this.delivered.add(partition, seconds, to - from);
      }
    }
  }

  retried(dependency: 'postgresql' | 'kafka'): void {
    this.retries.inc({ dependency });
  }

  stuck(partitions: number): void {
    this.partitionsStuck.set(partitions);
  }

  breakerOpen(isOpen: boolean): void {
    this.open.set(isOpen ? 1 : 0);
  }

  skipped(reason: SkipReason, records: number): void {
    this.skippedRecords.inc({ reason }, records);
  }

  /** A partition is read again from an earlier offset. */
  rewound(reason: RewindReason): void {
    this.rewinds.inc({ reason });
  }

  committed(seconds: number): void {
    this.batchSeconds.observe({ phase: 'commit' }, seconds);
  }

  async timed<T>(phase: 'clean' | 'write', work: () => Promise<T>): Promise<T> {
    const stop = this.batchSeconds.startTimer({ phase });
    try {
      return await work();
    } finally {
      stop();
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Metrics } from '#platform/metrics/metrics.js';
import type { CleanedBatch } from './clean/clean-batch.js';
import type { Written } from './persist/message-writer.js';

/** What the consumer counts; once for a batch, after it is in the mart. */
@Injectable()
export class ConsumerMetrics {
  private readonly consumed = this.metrics.counter('recordsConsumed');
  private readonly stored = this.metrics.counter('rowsStored');
  private readonly unchanged = this.metrics.counter('rowsUnchanged');
  private readonly quarantined = this.metrics.counter('recordsQuarantined');
  private readonly repaired = this.metrics.counter('valuesRepaired');
  private readonly unknownFields = this.metrics.counter('unknownFields');
  private readonly tombstones = this.metrics.counter('tombstones');
  private readonly batchRows = this.metrics.histogram('batchRows');
  private readonly batchSeconds = this.metrics.histogram('batchSeconds');
  private readonly retries = this.metrics.counter('retries');

  constructor(private readonly metrics: Metrics) {
    // A series that begins with its first event shows no increase.
    for (const dependency of ['postgresql', 'kafka']) this.retries.inc({ dependency }, 0);
    for (const result of ['inserted', 'updated']) this.stored.inc({ result }, 0);
  }

  count(batch: CleanedBatch, written: Written): void {
    this.consumed.inc(batch.records);
    this.stored.inc({ result: 'inserted' }, written.inserted);
    this.stored.inc({ result: 'updated' }, written.updated);
    this.unchanged.inc(written.unchanged + batch.superseded);
    this.unknownFields.inc(batch.unknownFields);
    this.tombstones.inc(batch.tombstones);
    this.batchRows.observe(batch.records);
    for (const [reason, records] of written.quarantined) this.quarantined.inc({ reason }, records);
    for (const { repair, count } of batch.repairs.values()) {
      this.repaired.inc({ rule: repair.repair, column: repair.column }, count);
    }
  }

  retried(dependency: 'postgresql' | 'kafka'): void {
    this.retries.inc({ dependency });
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

import { Injectable } from '@nestjs/common';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { cleanBatch, type CleanedBatch } from './clean/clean-batch.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { MessageWriter, type Written } from './persist/message-writer.js';
import { WriteGate } from './persist/write-gate.js';
import { WriteWatch } from './persist/write-watch.js';
import type { KafkaBatch } from './transport/kafka-batch.js';

/**
 * Cleans batches and writes them to the mart: while two are being written the next is cleaned. A write is tried until it
 * succeeds. An outage is not the records' fault, so nothing is quarantined for it.
 */
@Injectable()
export class BatchProcessor {
  private readonly gate = new WriteGate();

  constructor(
    private readonly database: DatabaseConnection,
    private readonly writer: MessageWriter,
    private readonly watch: WriteWatch,
    private readonly metrics: ConsumerMetrics,
  ) {}

  /** @throws the reason of the batch's signal when the app shuts down before the batch is written */
  async process(batch: KafkaBatch): Promise<void> {
    const cleaned = await this.metrics.timed('clean', () => cleanBatch(batch));
    const write = () => this.metrics.timed('write', () => this.write(cleaned, batch.signal));
    const written = await this.gate.run(cleaned, write);
    this.metrics.visible(batch.chunks);
    this.metrics.count(cleaned, written);
  }

  private async write(cleaned: CleanedBatch, signal: AbortSignal): Promise<Written> {
    await this.database.whenReady();
    return this.watch.untilWritten('Batch not written', (onBegin) => this.writer.write(cleaned, onBegin), {
      signal,
      onRetry: () => this.metrics.retried('postgresql'),
    });
  }
}

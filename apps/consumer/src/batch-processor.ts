import { Injectable, Logger } from '@nestjs/common';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { HealthRegistry } from '#platform/health/health-registry.js';
import { retryForever } from '#platform/retry/backoff.js';
import { cleanBatch, type CleanedBatch } from './clean/clean-batch.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { MessageWriter, type Written } from './persist/message-writer.js';
import { WriteGate } from './persist/write-gate.js';
import type { KafkaBatch } from './transport/kafka-batch.js';

/**
 * Cleans batches and writes them to the mart: while two are being written the next is cleaned. A write is tried until it
 * succeeds. An outage is not the records' fault, so nothing is quarantined for it.
 */
@Injectable()
export class BatchProcessor {
  private readonly logger = new Logger(BatchProcessor.name);
  private readonly gate = new WriteGate();
  private trouble: string | undefined;

  constructor(
    private readonly database: DatabaseConnection,
    private readonly writer: MessageWriter,
    private readonly metrics: ConsumerMetrics,
    health: HealthRegistry,
  ) {
    health.registerReadiness('mart', () => (this.trouble ? { up: false, detail: this.trouble } : { up: true }));
  }

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
    const since = new Date().toISOString();
    const written = await retryForever(() => this.writer.write(cleaned), {
      signal,
      onRetry: (error, attempt, delayMs) => {
        const { message } = error as Error;
        this.trouble = `nothing is written since ${since}: ${message}`;
        this.metrics.retried('postgresql');
        this.logger.warn(`Batch not written: ${message}; attempt ${attempt}, next in ${Math.round(delayMs)} ms`);
      },
    });
    if (this.trouble) this.logger.log('Writing again');
    this.trouble = undefined;
    return written;
  }
}

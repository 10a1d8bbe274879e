import { Injectable } from '@nestjs/common';
import { DatabaseConnection } from '#platform/database/database-connection.js';
import { Breaker } from './breaker/breaker.js';
import { cleanBatch, type CleanedBatch } from './clean/clean-batch.js';
import { ConsumerMetrics } from './consumer-metrics.js';
import { MessageWriter, type Written } from './persist/message-writer.js';
import { WriteGate } from './persist/write-gate.js';
import { WriteWatch } from './persist/write-watch.js';
import type { KafkaBatch } from './transport/kafka-batch.js';

/**
 * Takes a gathered batch through the consumer: clean, judge, write, commit. Batches overlap: the next is cleaned while others are
 * written (config/concurrency.ts), and commits keep the order of the batches. A write is retried until it succeeds, because
 * an outage is not the records' fault.
 */
@Injectable()
export class BatchProcessor {
  private readonly gate = new WriteGate();

  constructor(
    private readonly database: DatabaseConnection,
    private readonly writer: MessageWriter,
    private readonly watch: WriteWatch,
    private readonly breaker: Breaker,
    private readonly metrics: ConsumerMetrics,
  ) {}

  /** @throws the reason of the batch's signal if the app shuts down before the batch is written */
  process(gathered: KafkaBatch): Promise<void> {
    return this.clean(gathered)
      .then((cleaned) => this.breaker.pass(cleaned, gathered.signal).then(() => this.write(cleaned, gathered)))
      .then(({ server }) => gathered.commit(server));
  }

  private clean(gathered: KafkaBatch): Promise<CleanedBatch> {
    return this.metrics.timed('clean', () => cleanBatch(gathered));
  }

  private async write(cleaned: CleanedBatch, { chunks, signal }: KafkaBatch): Promise<Written> {
    const write = () => this.metrics.timed('write', () => this.writeUntilDone(cleaned, signal));
    const written = await this.gate.run(cleaned, write);
    this.metrics.visible(chunks);
    this.metrics.count(cleaned, written);
    return written;
  }

  private async writeUntilDone(cleaned: CleanedBatch, signal: AbortSignal): Promise<Written> {
    await this.database.whenReady();
    return this.watch.untilWritten('Batch not written', (onBegin) => this.writer.write(cleaned, onBegin), {
      signal,
      onRetry: () => this.metrics.retried('postgresql'),
    });
  }
}

import type { CleanedBatch } from '../clean/clean-batch.js';
import { CONCURRENT_WRITES } from '../config/concurrency.js';

/** What the gate needs of a batch. */
export type Gated = Pick<CleanedBatch, 'rows' | 'hasId'>;

/**
 * Lets batches be written concurrently, unless they share an id: the second would wait in the database for the first, and
 * then find that its new row exists.
 */
export class WriteGate {
  private readonly running = new Map<Gated, Promise<unknown>>();

  /** Runs `write` once there is a free writer and no running write shares an id with the batch. */
  async run<T>(batch: Gated, write: () => Promise<T>): Promise<T> {
    while (this.mustWait(batch)) await Promise.race(this.running.values());
    const written = write();
    this.running.set(
      batch,
      written.catch(() => undefined).finally(() => this.running.delete(batch)),
    );
    return written;
  }

  private mustWait(batch: Gated): boolean {
    if (this.running.size >= CONCURRENT_WRITES) return true;
    return [...this.running.keys()].some((other) => batch.rows.some(({ id }) => other.hasId(id)));
  }
}

import type { CleanedBatch } from '../clean/clean-batch.js';

/** While one write waits for the disk or the network, the other goes on. */
const WRITERS = 2;

/** What the gate has to know of a batch. */
export type Gated = Pick<CleanedBatch, 'rows' | 'hasId'>;

/**
 * Lets batches be written side by side, but not two that share an id: the second would wait in the database for the
 * first, and then find its new row to be there already.
 */
export class WriteGate {
  private readonly underWay = new Map<Gated, Promise<unknown>>();

  /** Runs `write` as soon as no more than one other, which shares no id with the batch, is under way. */
  async run<T>(batch: Gated, write: () => Promise<T>): Promise<T> {
    while (this.isBarred(batch)) await Promise.race(this.underWay.values());
    const written = write();
    this.underWay.set(
      batch,
      written.catch(() => undefined).finally(() => this.underWay.delete(batch)),
    );
    return written;
  }

  private isBarred(batch: Gated): boolean {
    if (this.underWay.size >= WRITERS) return true;
    return [...this.underWay.keys()].some((other) => batch.rows.some(({ id }) => other.hasId(id)));
  }
}

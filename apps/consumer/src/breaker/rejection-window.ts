import type { CleanedBatch } from '../clean/clean-batch.js';

/** What the window needs of a batch. */
export type Judged = Pick<CleanedBatch, 'records' | 'rejected'>;

interface Tally {
  readonly records: number;
  readonly rejected: number;
  /** Rejected records by column and reason; a record counts once for each of its reasons. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** One bad batch is at most a third of them, so it alone is not the majority. */
const MIN_BATCHES = 3;

/**
 * The share of rejected records among the latest ones. It moves by whole batches, and has at least the last three of them
 * and at least `size` records, if there were that many.
 */
export class RejectionWindow {
  private readonly batches: Tally[] = [];
  records = 0;
  rejected = 0;

  constructor(private readonly size: number) {}

  add(batch: Judged): void {
    this.batches.push(tallyOf(batch));
    this.records += batch.records;
    this.rejected += batch.rejected.length;
    while (this.batches.length > MIN_BATCHES && this.records - this.batches[0]!.records >= this.size) {
      const { records, rejected } = this.batches.shift()!;
      this.records -= records;
      this.rejected -= rejected;
    }
  }

  /** Whether it has enough records to judge by. */
  get isFull(): boolean {
    return this.records >= this.size;
  }

  get share(): number {
    return this.records === 0 ? 0 : this.rejected / this.records;
  }

  /** The commonest reasons, such as `sent_at: missing`, with the number of their records. */
  commonest(limit: number): readonly (readonly [reason: string, records: number])[] {
    const sums = new Map<string, number>();
    for (const { reasons } of this.batches) {
      for (const [reason, records] of reasons) sums.set(reason, (sums.get(reason) ?? 0) + records);
    }
    return [...sums].sort(([, one], [, other]) => other - one).slice(0, limit);
  }
}

function tallyOf({ records, rejected }: Judged): Tally {
  const counts = new Map<string, number>();
  for (const { reasons } of rejected) {
    for (const { column, reason } of reasons) {
      const name = column === null ? reason : `${column}: ${reason}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return { records, rejected: rejected.length, reasons: counts };
}

import { latencyBucket } from '#schema/latency.js';

/** Records by latency since a moment; see `latencyBucket`. */
export interface LatencyCounts {
  readonly since: Date;
  readonly counts: readonly number[];
}

/**
 * Latencies of the records that this consumer has brought into the mart, by partition. The counts only grow until the
 * consumer joins its group again, so that storing them twice changes nothing.
 */
export class DeliveryLatency {
  private since = new Date();
  private readonly partitions = new Map<number, number[]>();

  /** Starts counting from zero. Another consumer may have counted a partition meanwhile. */
  reset(): void {
    this.since = new Date();
    this.partitions.clear();
  }

  add(partition: number, seconds: number, records: number): void {
    const counts = this.partitions.get(partition) ?? [];
    this.partitions.set(partition, counts);
    const bucket = latencyBucket(seconds * 1000);
    while (counts.length <= bucket) counts.push(0);
    counts[bucket]! += records;
  }

  /** @returns undefined if no record of the partition was counted */
  of(partition: number): LatencyCounts | undefined {
    const counts = this.partitions.get(partition);
    return counts && { since: this.since, counts };
  }
}

/** The end offset of a partition at a moment: all records before it had been produced by then. */
interface Sample {
  /** ms since the epoch. */
  readonly at: number;
  readonly end: number;
}

/** With one sample a second this is half an hour. Older samples are thinned out by half each time. */
const MAX_SAMPLES = 2048;

/**
 * When each offset of a partition was reached: tells the age of a record without reading it, as Burrow and the Kafka lag exporter do.
 * Its resolution is that of the samples: one second, coarser for records produced before the gateway started.
 */
export class OffsetHistory {
  private readonly partitions = new Map<number, Sample[]>();

  /** Call it in order of time. An offset that goes back means that the topic was recreated: older samples are dropped. */
  add(partition: number, end: number, at: number): void {
    const samples = this.partitions.get(partition) ?? [];
    this.partitions.set(partition, samples);
    const last = samples.at(-1);
    const previous = samples.at(-2);
    if (last !== undefined && end < last.end) samples.length = 0;
    // Of an idle period only the first and the last sample matter.
    if (last !== undefined && previous?.end === end && last.end === end) samples.pop();
    samples.push({ at, end });
    if (samples.length > MAX_SAMPLES) this.partitions.set(partition, thinned(samples));
  }

  get isEmpty(): boolean {
    return this.partitions.size === 0;
  }

  /**
   * How long ago the record at `offset` was produced, in seconds; 0 for a future record. For a record from before the first sample it
   * is a lower bound; undefined for an unknown partition.
   */
  ageOf(partition: number, offset: number, now: number): number | undefined {
    const samples = this.partitions.get(partition);
    const last = samples?.at(-1);
    if (samples === undefined || last === undefined) return undefined;
    if (offset >= last.end) return 0;
    const after = samples.findIndex(({ end }) => end > offset);
    const later = samples[after]!;
    const earlier = samples[after - 1];
    if (earlier === undefined) return Math.max(0, now - later.at) / 1000;
    const share = (offset - earlier.end) / (later.end - earlier.end);
    return Math.max(0, now - (earlier.at + share * (later.at - earlier.at))) / 1000;
  }
}

/** Every second sample of the older half, and all of the newer one. */
function thinned(samples: readonly Sample[]): Sample[] {
  const half = samples.length >> 1;
  return samples.filter((_, index) => index >= half || index % 2 === 0);
}

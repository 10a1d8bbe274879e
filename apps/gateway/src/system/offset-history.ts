/** What partitions ended at, at some moment: records before the offset had been produced by then. */
interface Sample {
  /** ms since the epoch. */
  readonly at: number;
  readonly end: number;
}

/** At a sample a second, half an hour in full; what is older is thinned out, half of it each time. */
const MOST_SAMPLES = 2048;

/**
 * When which offset of a partition was reached, by which the age of a record is known without reading it. (Burrow and the Kafka lag
 * exporter do the same.) It is as fine as the samples: one second, coarser for what was produced before the gateway started.
 */
export class OffsetHistory {
  private readonly partitions = new Map<number, Sample[]>();

  /** In order of time. Offsets may go back only where the topic was made anew: what was known is forgotten then. */
  add(partition: number, end: number, at: number): void {
    const samples = this.partitions.get(partition) ?? [];
    this.partitions.set(partition, samples);
    const last = samples.at(-1);
    const previous = samples.at(-2);
    if (last !== undefined && end < last.end) samples.length = 0;
    // Of a time in which nothing came only begin and end matter.
    if (last !== undefined && previous?.end === end && last.end === end) samples.pop();
    samples.push({ at, end });
    if (samples.length > MOST_SAMPLES) this.partitions.set(partition, thinned(samples));
  }

  get isEmpty(): boolean {
    return this.partitions.size === 0;
  }

  /**
   * How long ago the record at `offset` was produced, in seconds; 0 for a record that is still to come. For one from before the first
   * sample it is the least that is certain; undefined where nothing is known of the partition.
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

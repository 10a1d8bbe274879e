import { latencyQuantile } from '#schema/latency.js';

/** Latencies as a consumer has stored them; see `consumer_positions`. */
export interface StoredLatency {
  /** Identifies the partition, also of an earlier topic of the same name. */
  readonly key: string;
  /** When the consumer began to count, as text. */
  readonly since: string;
  readonly counts: readonly number[];
}

export interface Latency {
  readonly p50_seconds: number;
  readonly p99_seconds: number;
  /** Records that these figures are from. */
  readonly records: number;
  readonly window_seconds: number;
  /** End of the window: when the latest of these records was seen in the mart. */
  readonly at: Date;
}

const WINDOW_MS = 60_000;

/** Counts that arrive within this time share a slot. */
const SLOT_MS = 1000;

interface Slot {
  readonly at: number;
  readonly counts: number[];
}

/** The latencies of the records that reached the mart within a minute, from counts that only grow. */
export class LatencyWindow {
  private readonly known = new Map<string, StoredLatency>();
  private slots: Slot[] = [];
  private hasRead = false;

  /** @param now ms, in order */
  add(stored: readonly StoredLatency[], now: number): void {
    for (const latency of stored) {
      const { key, since, counts } = latency;
      const before = this.known.get(key);
      this.known.set(key, latency);
      // Nobody knows when the records were counted that are there when the gateway starts, unless counting began just then.
      if (!this.hasRead && now - Date.parse(since) > WINDOW_MS) continue;
      this.count(counts, before?.since === since ? before.counts : [], now);
    }
    this.hasRead = true;
  }

  /** The figures of the last minute in which records arrived; undefined before the first record. */
  get latency(): Latency | undefined {
    const last = this.slots.at(-1);
    if (last === undefined) return undefined;
    const counts: number[] = [];
    for (const slot of this.slots) addTo(counts, slot.counts);
    const records = counts.reduce((sum, count) => sum + count, 0);
    return {
      p50_seconds: latencyQuantile(counts, 0.5)!,
      p99_seconds: latencyQuantile(counts, 0.99)!,
      records,
      window_seconds: WINDOW_MS / 1000,
      at: new Date(last.at),
    };
  }

  private count(counts: readonly number[], before: readonly number[], now: number): void {
    const more = counts.map((count, bucket) => Math.max(0, count - (before[bucket] ?? 0)));
    if (!more.some((count) => count > 0)) return;
    const last = this.slots.at(-1);
    if (last !== undefined && now - last.at < SLOT_MS) {
      addTo(last.counts, more);
      return;
    }
    this.slots = this.slots.filter(({ at }) => now - at < WINDOW_MS);
    this.slots.push({ at: now, counts: more });
  }
}

function addTo(sums: number[], counts: readonly number[]): void {
  for (const [bucket, count] of counts.entries()) sums[bucket] = (sums[bucket] ?? 0) + count;
}

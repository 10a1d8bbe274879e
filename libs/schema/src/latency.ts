/**
 * Latencies from a record's timestamp in Kafka to its row in the mart, counted in buckets. Consumers store the counts in
 * `consumer_positions`, and gateways read them, so these numbers never change.
 */

/** Upper bound of the first bucket. */
const FIRST_MS = 10;

/** Each bound is 2^(1/4), 19 %, above the one before. */
const BUCKETS_PER_OCTAVE = 4;

/** The last bucket also counts everything above its lower bound, which is a week. */
const LAST_BUCKET = 104;

/** @param ms a latency; a negative one (clocks differ) counts as 0 */
export function latencyBucket(ms: number): number {
  if (!(ms > FIRST_MS)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log2(ms / FIRST_MS) * BUCKETS_PER_OCTAVE - 1e-9));
}

/** Upper bound of a bucket in ms. */
export function latencyBound(bucket: number): number {
  return FIRST_MS * 2 ** (bucket / BUCKETS_PER_OCTAVE);
}

/**
 * The latency in seconds that a share of the records did not exceed: exact to the width of a bucket, 19 %.
 *
 * @param counts records by bucket; trailing buckets without records may be missing
 * @returns null without records
 */
export function latencyQuantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = share * total;
  let before = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count > 0 && before + count >= rank) {
      const lower = bucket === 0 ? 0 : latencyBound(bucket - 1);
      const inside = (rank - before) / count;
      return rounded((lower + inside * (latencyBound(bucket) - lower)) / 1000);
    }
    before += count;
  }
  return rounded(latencyBound(counts.length - 1) / 1000);
}

/** Three significant digits. */
function rounded(seconds: number): number {
  return Number(seconds.toPrecision(3));
}

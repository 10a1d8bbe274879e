/** A position in the WAL of the primary, in bytes, and when the primary had reached it. */
interface Sample {
  readonly at: number;
  readonly position: number;
}

/** More only with a standby that is far behind; then every other sample is enough. */
const MAX_SAMPLES = 1000;

/**
 * How long a standby has lacked something that the primary has. The standby's own clock and its last transaction do not tell: on an idle
 * primary that transaction is old although nothing is missing.
 */
export class ReplicationDelay {
  private samples: readonly Sample[] = [];

  /**
   * @param position of the primary, read before that of the standby
   * @returns seconds; 0 if the standby lacks nothing. At least this long: what happened before the first call is unknown
   */
  update(position: number, replayed: number, now: number): number {
    const last = this.samples.at(-1);
    if (last === undefined || position > last.position) this.samples = [...this.samples, { at: now, position }];
    this.samples = this.samples.filter((sample) => sample.position > replayed);
    if (this.samples.length > MAX_SAMPLES) this.samples = this.samples.filter((_, i) => i % 2 === 0);
    const [first] = this.samples;
    return first === undefined ? 0 : (now - first.at) / 1000;
  }
}

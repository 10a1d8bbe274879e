/** How long a stage of the pipeline took, and how fast it went. */
export class StageClock {
  private beganAt = performance.now();
  private endedAt = this.beganAt;
  private counted = 0;

  /** @param count rows done so far. The stage lasts from the last update with 0 rows to the last change. */
  update(count: number, now = performance.now()): void {
    if (count === 0) this.beganAt = now;
    if (count === 0 || count !== this.counted) this.endedAt = now;
    this.counted = count;
  }

  get rows(): number {
    return this.counted;
  }

  get seconds(): number {
    return (this.endedAt - this.beganAt) / 1000;
  }

  /** Rows per second; 0 if there were none. */
  get rate(): number {
    return this.seconds > 0 ? this.counted / this.seconds : 0;
  }
}

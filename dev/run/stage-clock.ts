/** How long a stage of the pipeline took, and how fast it went. */
export class StageClock {
  private beganAt = performance.now();
  private endedAt = this.beganAt;
  private counted = 0;

  /** @param count of rows done. The stage runs from the last moment with none to the last change. */
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

  /** Rows a second; 0 where nothing happened. */
  get rate(): number {
    return this.seconds > 0 ? this.counted / this.seconds : 0;
  }
}

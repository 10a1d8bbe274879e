/** When a stage of the pipeline began and ended, and how fast it went. */
export class StageClock {
  private beganAt: number | undefined;
  private endedAt: number | undefined;
  private counted = 0;

  /** @param count of rows done; the stage begins with the first and, as far as is known, ends with the last change */
  update(count: number, now = performance.now()): void {
    if (count === this.counted && this.beganAt !== undefined) return;
    if (count > 0 || this.beganAt === undefined) this.beganAt ??= now;
    this.endedAt = now;
    this.counted = count;
  }

  get rows(): number {
    return this.counted;
  }

  get seconds(): number {
    return this.beganAt === undefined || this.endedAt === undefined ? 0 : (this.endedAt - this.beganAt) / 1000;
  }

  /** Rows a second; 0 where nothing happened. */
  get rate(): number {
    return this.seconds > 0 ? this.counted / this.seconds : 0;
  }
}

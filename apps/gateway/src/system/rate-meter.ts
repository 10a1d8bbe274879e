const WINDOW_MS = 10_000;

/** The rate of a counter over the last ten seconds. */
export class RateMeter {
  private samples: { readonly at: number; readonly count: number }[] = [];

  /** @param at ms, in order. A count that falls resets the meter. */
  add(count: number, at: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && count < last.count) this.samples = [];
    this.samples.push({ at, count });
    // One sample older than the window stays, so that there are two even when samples are rare.
    while (this.samples.length > 2 && this.samples[1]!.at <= at - WINDOW_MS) this.samples.shift();
  }

  reset(): void {
    this.samples = [];
  }

  /** Rounded to a tenth; null before the second count. */
  get perSecond(): number | null {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return null;
    return Math.round((last.count - first.count) / ((last.at - first.at) / 10_000)) / 10;
  }
}

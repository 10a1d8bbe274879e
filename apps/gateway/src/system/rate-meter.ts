const WINDOW_MS = 10_000;

/** How fast a count grows, over the last ten seconds. */
export class RateMeter {
  private samples: { readonly at: number; readonly count: number }[] = [];

  /** @param at ms, in order. A count that went back begins anew. */
  add(count: number, at: number): void {
    const last = this.samples.at(-1);
    if (last !== undefined && count < last.count) this.samples = [];
    this.samples.push({ at, count });
    // One older than the window stays, so that there are two even where answers are rare.
    while (this.samples.length > 2 && this.samples[1]!.at <= at - WINDOW_MS) this.samples.shift();
  }

  /** To a tenth; null before there are two counts. */
  get perSecond(): number | null {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at === first.at) return null;
    return Math.round((last.count - first.count) / ((last.at - first.at) / 10_000)) / 10;
  }
}

/** Long enough that the writes of single batches do not look like a trend. */
const WINDOW_MS = 20_000;
const MIN_MS = 3000;

/** How fast a quantity grows or shrinks, over the last twenty seconds. */
export class Trend {
  private samples: { readonly at: number; readonly value: number }[] = [];

  /** @param at ms, in order */
  add(value: number, at: number): void {
    this.samples.push({ at, value });
    while (this.samples.length > 2 && this.samples[1]!.at <= at - WINDOW_MS) this.samples.shift();
  }

  /** Growth per second, negative if it shrinks, rounded to a tenth; null before three seconds have passed. */
  get perSecond(): number | null {
    const [first] = this.samples;
    const last = this.samples.at(-1);
    if (first === undefined || last === undefined || last.at - first.at < MIN_MS) return null;
    const perSecond = Math.round((last.value - first.value) / ((last.at - first.at) / 10_000)) / 10;
    return perSecond === 0 ? 0 : perSecond;
  }
}

/** Seconds until so many records are gone at this trend, rounded; null if they do not become fewer, or it is not known. */
export function secondsToClear(records: number, perSecond: number | null): number | null {
  if (records === 0) return 0;
  return perSecond !== null && perSecond < 0 ? Math.ceil(records / -perSecond) : null;
}

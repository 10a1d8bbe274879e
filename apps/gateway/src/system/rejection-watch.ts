/** At least this many of the latest records are judged together. */
const MIN_RECORDS = 1000;

/** If more than this share of them was rejected within this time, some producer sends something other than messages. */
const WINDOW_MS = 60_000;
const SHARE = 0.5;

/** How long it is reported after the last rejection, so that somebody sees it. */
const HOLD_MS = 300_000;

interface Sample {
  readonly at: number;
  readonly rejected: number;
  readonly processed: number;
}

export interface Flood {
  readonly rejected: number;
  readonly processed: number;
  readonly lastAt: number;
}

/** Notices that most incoming records are rejected, from two counters. */
export class RejectionWatch {
  private samples: Sample[] = [];
  private flood: Flood | undefined;

  /** @returns the counts of the latest flood of rejections; undefined if there is none, or it ended long ago */
  add(rejected: number, processed: number, at: number): Flood | undefined {
    const last = this.samples.at(-1);
    // A falling counter means that the topic was recreated or the quarantine was emptied.
    if (last && (rejected < last.rejected || processed < last.processed)) this.samples = [];
    this.samples = this.samples.filter((sample) => at - sample.at <= WINDOW_MS);
    const before = this.samples.findLast((sample) => processed - sample.processed >= MIN_RECORDS);
    this.samples.push({ at, rejected, processed });
    if (before) {
      const newest = { rejected: rejected - before.rejected, processed: processed - before.processed };
      const hasGrown = last?.rejected !== rejected;
      if (hasGrown && newest.rejected > SHARE * newest.processed) this.flood = { ...newest, lastAt: at };
    }
    if (this.flood && at - this.flood.lastAt > HOLD_MS) this.flood = undefined;
    return this.flood;
  }
}

/** Of the newest records, so many at least, ... */
const LEAST_RECORDS = 1000;

/** ... if they came within this time, a greater share is no usual dirt: a producer sends something else than messages. */
const WINDOW_MS = 60_000;
const SHARE = 0.5;

/** Said for so long after the last of them, so that somebody sees it. */
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

/** Notices that most of what comes in is rejected, by two counts that only grow. */
export class RejectionWatch {
  private samples: Sample[] = [];
  private flood: Flood | undefined;

  /** @returns the last records most of which were rejected; undefined where that is long ago */
  add(rejected: number, processed: number, at: number): Flood | undefined {
    const last = this.samples.at(-1);
    // Counts that fall begin anew: a topic that was made again, a quarantine that was emptied.
    if (last && (rejected < last.rejected || processed < last.processed)) this.samples = [];
    this.samples = this.samples.filter((sample) => at - sample.at <= WINDOW_MS);
    const before = this.samples.findLast((sample) => processed - sample.processed >= LEAST_RECORDS);
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

import type { LineCounts } from '#schema/reconciliation.js';

/** What became of a line. */
export type Outcome = Exclude<keyof LineCounts, 'lines'>;

type Counts = { -readonly [Name in keyof LineCounts]: number };

/** The place of rows without a date, and of lines that the cleaner rejects, among the days. */
export const NO_DATE = 'no date';
export const REJECTED = 'rejected';

/** Counts lines by day and outcome. */
export class Tally {
  private readonly days = new Map<string, Counts>();
  private lastDay = '';
  private last: Counts = emptyCounts();

  /** @param day YYYY-MM-DD, NO_DATE or REJECTED */
  add(day: string, outcome: Outcome, lines = 1): void {
    // Neighbouring lines mostly have the same day.
    if (day !== this.lastDay) {
      this.lastDay = day;
      this.last = this.days.get(day) ?? emptyCounts();
      this.days.set(day, this.last);
    }
    this.last.lines += lines;
    this.last[outcome] += lines;
  }

  get total(): LineCounts {
    const total = emptyCounts();
    for (const counts of this.days.values()) for (const name of NAMES) total[name] += counts[name];
    return total;
  }

  /** Days in order, then NO_DATE and REJECTED. */
  get byDay(): (LineCounts & { day: string })[] {
    return [...this.days.entries()]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([day, counts]) => ({ day, ...counts }));
  }
}

const NAMES = ['lines', 'mart', 'superseded', 'repeated', 'quarantined', 'erased', 'altered', 'missing'] as const;

function emptyCounts(): Counts {
  return { lines: 0, mart: 0, superseded: 0, repeated: 0, quarantined: 0, erased: 0, altered: 0, missing: 0 };
}

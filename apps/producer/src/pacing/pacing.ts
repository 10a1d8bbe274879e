/** Decides when a row may go. */
export interface Pacing {
  /**
   * Milliseconds until the next row may go; 0 says now, and counts the row.
   *
   * @param sentAt the row's sent_at as it stands in the file; undefined when it has none.
   */
  delay(sentAt: string | undefined): number;
}

/** As fast as it goes. */
export const unlimited: Pacing = { delay: () => 0 };

/** After an interruption at most this much is caught up, so that the rate stays smooth. */
const CATCH_UP_MS = 1_000;

/** A steady number of rows a second. */
export class RatePacing implements Pacing {
  private dueAt: number | null = null;

  /** @param now a monotonic clock, in ms. */
  constructor(
    private readonly rowsPerSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  delay(): number {
    const now = this.now();
    const dueAt = Math.max(this.dueAt ?? now, now - CATCH_UP_MS);
    if (dueAt > now) return dueAt - now;
    this.dueAt = dueAt + 1_000 / this.rowsPerSecond;
    return 0;
  }
}

const DATE_TIME = /^\s*(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z?\s*$/;

/**
 * Replays the rows' own times: a clock that starts at the first row's sent_at and runs `factor` times as fast as the real one; a
 * row waits until the clock reaches its sent_at. Rows from before, and rows without a readable time, go at once.
 */
export class ReplayPacing implements Pacing {
  private started: { readonly clock: number; readonly sent: number } | null = null;

  constructor(
    private readonly factor: number,
    private readonly now: () => number = () => performance.now(),
  ) {}

  delay(sentAt: string | undefined): number {
    const sent = parseTime(sentAt);
    if (Number.isNaN(sent)) return 0;
    this.started ??= { clock: this.now(), sent };
    const dueAt = this.started.clock + (sent - this.started.sent) / this.factor;
    return Math.max(0, dueAt - this.now());
  }
}

function parseTime(text: string | undefined): number {
  const match = DATE_TIME.exec(text ?? '');
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
}

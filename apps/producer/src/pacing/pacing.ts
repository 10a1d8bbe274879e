/** Decides when each row is sent. */
export interface Pacing {
  /**
   * Milliseconds until the next row is due. 0 means now, and counts the row as sent.
   *
   * @param sentAt the row's sent_at as written in the file; undefined if it has none.
   */
  delay(sentAt: string | undefined): number;
}

/** As fast as possible. */
export const unlimited: Pacing = { delay: () => 0 };

/** After an interruption, at most this much is caught up in a burst. */
const CATCH_UP_MS = 1_000;

/** A steady number of rows per second. */
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
 * Replays rows by their sent_at. A clock starts at the first row's sent_at and runs `factor` times faster than real time; each
 * row waits until the clock reaches its sent_at. Rows with an earlier or unreadable sent_at are sent at once.
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

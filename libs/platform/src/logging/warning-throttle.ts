/** The same complaint is only worth a debug line for this time, then for twice as long, and so on. */
const REPEAT_WINDOW_MS = 30_000;
const LONGEST_WINDOW_MS = 600_000;

/** One that was not heard for so long is a new one. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Log {
  warn(line: string): void;
  debug(line: string): void;
}

interface Complaint {
  lastAt: number;
  /** When it is next worth a warning. */
  dueAt: number;
  windowMs: number;
}

/** Keeps what is said again and again, such as at each attempt during an outage, from burying the log. */
export class WarningThrottle {
  private readonly known = new Map<string, Complaint>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Logs a warning, or a debug line when it repeats one.
   *
   * @param text as for `shouldWarn`
   * @returns whether it was a warning
   */
  warn(logger: Log, text: string, line: string): boolean {
    const isWarning = this.shouldWarn(text);
    if (isWarning) logger.warn(line);
    else logger.debug(line);
    return isWarning;
  }

  /**
   * @param text without what differs each time, such as a number of attempts
   * @param passingMs one that lasts less long is worth none
   */
  shouldWarn(text: string, passingMs = 0): boolean {
    const time = this.now();
    let complaint = this.known.get(text);
    if (complaint === undefined || time - complaint.lastAt > FORGOTTEN_AFTER_MS) {
      // Bounded: messages that carry ids must not pile up for as long as the process lives.
      if (this.known.size >= 100) this.known.clear();
      complaint = { lastAt: time, dueAt: time + passingMs, windowMs: REPEAT_WINDOW_MS };
      this.known.set(text, complaint);
    }
    complaint.lastAt = time;
    if (time < complaint.dueAt) return false;
    complaint.dueAt = time + complaint.windowMs;
    complaint.windowMs = Math.min(2 * complaint.windowMs, LONGEST_WINDOW_MS);
    return true;
  }
}

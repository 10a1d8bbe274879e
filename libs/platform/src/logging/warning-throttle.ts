/** After a warning, the same text is logged at debug level for this time, then for twice as long, and so on. */
const REPEAT_WINDOW_MS = 30_000;
const LONGEST_WINDOW_MS = 600_000;

/** A text that has not occurred for this long counts as new. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Log {
  warn(line: string): void;
  debug(line: string): void;
}

interface Warning {
  lastAt: number;
  /** When it may next be logged as a warning. */
  dueAt: number;
  windowMs: number;
}

/** Keeps warnings that repeat, for example with every retry in an outage, from flooding the log. */
export class WarningThrottle {
  private readonly known = new Map<string, Warning>();

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * Logs a warning, or a debug line if it repeats a recent one.
   *
   * @param text identifies the warning, as in `shouldWarn`
   * @returns whether it was logged as a warning
   */
  warn(logger: Log, text: string, line: string): boolean {
    const isWarning = this.shouldWarn(text);
    if (isWarning) logger.warn(line);
    else logger.debug(line);
    return isWarning;
  }

  /**
   * @param text identifies the warning; leave out what changes each time, such as the number of attempts
   * @param passingMs how long the condition must last before it is worth a warning
   */
  shouldWarn(text: string, passingMs = 0): boolean {
    const time = this.now();
    let warning = this.known.get(text);
    if (warning === undefined || time - warning.lastAt > FORGOTTEN_AFTER_MS) {
      // Bounded, because messages that contain ids would pile up for as long as the process lives.
      if (this.known.size >= 100) this.known.clear();
      warning = { lastAt: time, dueAt: time + passingMs, windowMs: REPEAT_WINDOW_MS };
      this.known.set(text, warning);
    }
    warning.lastAt = time;
    if (time < warning.dueAt) return false;
    warning.dueAt = time + warning.windowMs;
    warning.windowMs = Math.min(2 * warning.windowMs, LONGEST_WINDOW_MS);
    return true;
  }
}

import { messageOf } from '#platform/errors/message-of.js';
import type { Part, PartAnswer, PartState } from './part.js';

/** Pause between an answer and the next question; shorter after a question that failed, so that the part is soon known to be back. */
const PAUSE_MS = 1000;
const PAUSE_FAILED_MS = 500;

/** A part that needs long to answer is asked less often: it spends at most a quarter of its time on answers. */
const PAUSE_FACTOR = 3;

/** An answer that took longer is slow. One such answer is chance, two in a row are worth a word. */
const SLOW_MS = 1000;

/** While a question is out for longer, the part is said to be late. */
const LATE_MS = 1500;

/** Without an answer for longer, it is down. Whoever asks hears so at once, while the question is still out. */
const DOWN_MS = 3000;

/**
 * Asks one part again and again, and remembers the answer, so that how many people want to know, and how long the part takes, has
 * nothing to do with each other. There is never more than one question out: a part that hangs does not gather them.
 *
 * A late answer, or a question that fails, makes the part `degraded`; `down` is what has not answered for three seconds. So a busy
 * machine or a slow network is no outage.
 */
export class PartWatch<Figures extends object = object> {
  private answer: PartAnswer<Figures> = { status: 'down', message: 'not asked yet' };
  private answeredAt: Date | undefined;
  private seconds: number | undefined;
  /** When the first question was asked that has no answer; undefined after an answer. */
  private unansweredSince: number | undefined;
  private failure: string | undefined;
  private slowAnswers = 0;
  private status: PartState['status'] = 'down';
  private since = new Date();
  private asking: Promise<void> | undefined;
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param onChange told of every answer, and when one becomes overdue */
  constructor(
    readonly part: Part<Figures>,
    private readonly onChange: (state: PartState<Figures>) => void,
  ) {}

  start(): void {
    this.asking = this.askOnce();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.next);
    await this.asking;
    await this.part.close?.();
  }

  get state(): PartState<Figures> {
    const judged = this.judge();
    if (judged.status !== this.status) this.since = new Date();
    this.status = judged.status;
    const { since, answeredAt, seconds } = this;
    return { name: this.part.name, ...judged, since, answeredAt, seconds };
  }

  private async askOnce(): Promise<void> {
    const began = Date.now();
    this.unansweredSince ??= began;
    const tell = () => this.onChange(this.state);
    const overdue = [LATE_MS, DOWN_MS]
      .map((limit) => this.unansweredSince! + limit - began)
      .filter((wait) => wait > 0)
      .map((wait) => setTimeout(tell, wait));
    const failed = await this.ask();
    for (const timer of overdue) clearTimeout(timer);
    const tookMs = Date.now() - began;
    this.seconds = tookMs / 1000;
    if (!failed) this.slowAnswers = tookMs > SLOW_MS ? this.slowAnswers + 1 : 0;
    tell();
    const pauseMs = failed || this.status === 'down' ? PAUSE_FAILED_MS : Math.max(PAUSE_MS, PAUSE_FACTOR * tookMs);
    if (!this.stopped) this.next = setTimeout(() => this.start(), pauseMs);
  }

  private async ask(): Promise<boolean> {
    try {
      this.answer = await this.part.ask();
      this.answeredAt = new Date();
      this.unansweredSince = undefined;
      this.failure = undefined;
      return false;
    } catch (error) {
      this.failure = messageOf(error);
      return true;
    }
  }

  private judge(): PartAnswer<Figures> {
    const { answer, failure, part, answeredAt, unansweredSince } = this;
    const silentMs = unansweredSince === undefined ? 0 : Date.now() - unansweredSince;
    const action = part.remedy;
    if (failure !== undefined || silentMs >= LATE_MS) {
      const message = failure ?? `no answer for ${(silentMs / 1000).toFixed(1)} s`;
      if (answeredAt === undefined || silentMs >= DOWN_MS) return { status: 'down', message, action };
      // What it said last may still be worse, and its figures hold for a little while.
      return answer.status === 'up' || answer.status === 'absent'
        ? { ...answer, status: 'degraded', message, action }
        : answer;
    }
    if (this.slowAnswers < 2 || answer.status !== 'up') return answer;
    const message = `its answers take long, the last ${this.seconds?.toFixed(1)} s`;
    return { ...answer, status: 'degraded', message, action: `${action} The network or the machine may be slow.` };
  }
}

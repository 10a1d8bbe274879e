import { messageOf } from '#platform/errors/message-of.js';
import type { Part, PartAnswer, PartState } from './part.js';

/** Pause between an answer and the next question; shorter while the part is down, so that it is soon known to be back. */
const PAUSE_MS = 1000;
const PAUSE_DOWN_MS = 500;

/** A part that needs long to answer is asked less often: it spends at most a quarter of its time on answers. */
const PAUSE_FACTOR = 3;

/** Silent for longer is down. Whoever asks hears so at once, while the question is still out. */
const DEADLINE_MS = 1000;

/**
 * Asks one part again and again, and remembers the answer, so that how many people want to know, and how long the part takes, has
 * nothing to do with each other. There is never more than one question out: a part that hangs does not gather them.
 */
export class PartWatch<Figures extends object = object> {
  private answer: PartAnswer<Figures> = { status: 'down', message: 'not asked yet' };
  private answeredAt: Date | undefined;
  private seconds: number | undefined;
  private askedAt: number | undefined;
  private since = new Date();
  private asking: Promise<void> | undefined;
  private next: NodeJS.Timeout | undefined;
  private stopped = false;

  /** @param onChange told of every answer, and once when one is overdue */
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
    const silentMs = this.askedAt === undefined ? 0 : Date.now() - this.askedAt;
    if (silentMs >= DEADLINE_MS) this.become(this.silent(silentMs));
    const { answer, since, answeredAt, seconds } = this;
    return { name: this.part.name, ...answer, since, answeredAt, seconds };
  }

  private async askOnce(): Promise<void> {
    const began = performance.now();
    this.askedAt = Date.now();
    const overdue = setTimeout(() => this.onChange(this.state), DEADLINE_MS);
    const answer = await this.ask();
    clearTimeout(overdue);
    const tookMs = performance.now() - began;
    this.askedAt = undefined;
    this.seconds = tookMs / 1000;
    // An answer that is late is one all the same; that it was late has been said meanwhile.
    this.become(answer);
    this.onChange(this.state);
    const pauseMs = answer.status === 'down' ? PAUSE_DOWN_MS : Math.max(PAUSE_MS, PAUSE_FACTOR * tookMs);
    if (!this.stopped) this.next = setTimeout(() => this.start(), pauseMs);
  }

  private async ask(): Promise<PartAnswer<Figures>> {
    try {
      const answer = await this.part.ask();
      this.answeredAt = new Date();
      return answer;
    } catch (error) {
      return { status: 'down', message: messageOf(error), action: this.part.remedy };
    }
  }

  private silent(silentMs: number): PartAnswer<Figures> {
    return {
      status: 'down',
      message: `no answer for ${(silentMs / 1000).toFixed(1)} s`,
      action: this.part.remedy,
    };
  }

  private become(answer: PartAnswer<Figures>): void {
    if (answer.status !== this.answer.status) this.since = new Date();
    this.answer = answer;
  }
}

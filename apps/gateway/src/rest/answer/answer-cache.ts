import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.js';

interface Limits {
  readonly entries: number;
  /** Total length of all bodies, in UTF-16 code units. */
  readonly characters: number;
}

type Make = () => Promise<Answer>;

/** A younger answer is returned as it is. */
const FRESH_MS = 1000;
/** Up to this age an answer is returned while a new one is made; an older one is not returned. */
const STALE_MS = 5000;

/**
 * Caches answers for a few seconds. Each query reaches the database at most once a second, however many clients send it, and a
 * client waits for the database only if the query was not sent in the last five seconds. Renewals run one at a time, with pauses:
 * they use half a core of the database, or one whole core while there are very many. The least recently used answer is evicted first.
 */
export class AnswerCache {
  private readonly answers = new Map<string, Answer>();
  private readonly inFlight = new Map<string, Promise<Answer>>();
  private readonly toRenew = new Map<string, Make>();
  private isRenewing = false;
  private characters = 0;

  constructor(
    private readonly limits: Limits = { entries: 1000, characters: 32 * 2 ** 20 },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws the error of `make`, if no answer younger than five seconds is cached */
  async get(key: string, make: Make): Promise<Answer> {
    const answer = this.answers.get(key);
    const age = answer === undefined ? Infinity : this.now() - answer.madeAt;
    if (answer === undefined || age >= STALE_MS) {
      // A client waits for it, so it is made now and not renewed later.
      this.toRenew.delete(key);
      return this.make(key, make);
    }
    this.touch(key, answer);
    if (age >= FRESH_MS && !this.inFlight.has(key)) {
      this.toRenew.set(key, make);
      void this.renew();
    }
    return answer;
  }

  private async renew(): Promise<void> {
    if (this.isRenewing) return;
    this.isRenewing = true;
    for (const [key, make] of this.toRenew) {
      this.toRenew.delete(key);
      const startedAt = this.now();
      // If it fails, the next request tries again, and gets the error once the answer is too old.
      await this.make(key, make).catch(() => undefined);
      await this.pause(this.now() - startedAt);
    }
    this.isRenewing = false;
  }

  /** Pauses as long as the last renewal took, but not beyond half the maximum age of the next answer. */
  private async pause(tookMs: number): Promise<void> {
    const [next] = this.toRenew.keys();
    const madeAt = next === undefined ? undefined : this.answers.get(next)?.madeAt;
    const pauseMs = Math.min(tookMs, STALE_MS / 2 - (madeAt === undefined ? 0 : this.now() - madeAt));
    if (pauseMs > 0) await sleep(pauseMs, undefined, { ref: false });
  }

  /** Concurrent requests share one call of `make`. */
  private make(key: string, make: Make): Promise<Answer> {
    const inFlight = this.inFlight.get(key);
    if (inFlight) return inFlight;
    const made = make()
      .then((answer) => {
        this.store(key, answer);
        return answer;
      })
      .finally(() => this.inFlight.delete(key));
    this.inFlight.set(key, made);
    return made;
  }

  private touch(key: string, answer: Answer): void {
    this.answers.delete(key);
    this.answers.set(key, answer);
  }

  private store(key: string, answer: Answer): void {
    this.remove(key);
    if (answer.body.length > this.limits.characters) return;
    this.answers.set(key, answer);
    this.characters += answer.body.length;
    for (const oldest of this.answers.keys()) {
      if (this.answers.size <= this.limits.entries && this.characters <= this.limits.characters) break;
      this.remove(oldest);
    }
  }

  private remove(key: string): void {
    this.characters -= this.answers.get(key)?.body.length ?? 0;
    this.answers.delete(key);
  }
}

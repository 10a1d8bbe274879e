import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answer.js';

interface Limits {
  readonly entries: number;
  /** Of all bodies together, in UTF-16 code units. */
  readonly characters: number;
}

type Make = () => Promise<Answer>;

/** Younger than this an answer is given as it is. */
const FRESH_MS = 1000;
/** Up to this age it is given once more while a new one is made; an older one is not. */
const STALE_MS = 5000;

/**
 * Answers of the last seconds by what was asked. However many readers ask, each question is put to the database at most once
 * a second, and none of them waits for it unless nobody has asked for five seconds. Renewals go one after the other, with
 * rests between: half of one core of the database is busy with them, all of it while there are very many, never more. What
 * was not used longest goes first.
 */
export class AnswerCache {
  private readonly answers = new Map<string, Answer>();
  private readonly underWay = new Map<string, Promise<Answer>>();
  private readonly toRenew = new Map<string, Make>();
  private isRenewing = false;
  private characters = 0;

  constructor(
    private readonly limits: Limits = { entries: 1000, characters: 32 * 2 ** 20 },
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @throws what `make` threw, unless there is an answer to give in its place */
  async get(key: string, make: Make): Promise<Answer> {
    const answer = this.answers.get(key);
    const age = answer === undefined ? Infinity : this.now() - answer.madeAt;
    if (answer === undefined || age >= STALE_MS) {
      // Somebody waits now, so it leaves the line.
      this.toRenew.delete(key);
      return this.make(key, make);
    }
    this.touch(key, answer);
    if (age >= FRESH_MS && !this.underWay.has(key)) {
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
      const began = this.now();
      // Should it fail, the next one who asks tries again, and is told when the answer has become too old.
      await this.make(key, make).catch(() => undefined);
      await this.rest(this.now() - began);
    }
    this.isRenewing = false;
  }

  /** As long as the last renewal took, unless answers that wait are half as old as they may become. */
  private async rest(tookMs: number): Promise<void> {
    const [next] = this.toRenew.keys();
    const madeAt = next === undefined ? undefined : this.answers.get(next)?.madeAt;
    const restMs = Math.min(tookMs, STALE_MS / 2 - (madeAt === undefined ? 0 : this.now() - madeAt));
    if (restMs > 0) await sleep(restMs, undefined, { ref: false });
  }

  /** All who ask while an answer is being made get that one. */
  private make(key: string, make: Make): Promise<Answer> {
    const underWay = this.underWay.get(key);
    if (underWay) return underWay;
    const made = make()
      .then((answer) => {
        this.store(key, answer);
        return answer;
      })
      .finally(() => this.underWay.delete(key));
    this.underWay.set(key, made);
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

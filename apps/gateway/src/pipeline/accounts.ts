/**
 * What is known about where the records of the topic are.
 *
 * - `unknown`: Kafka, the engine or the mart does not respond
 * - `skipped`: records were never read, and nobody has resolved them
 * - `running`: records are on their way, so the counts are from different moments
 * - `complete`: every record is one row of the mart or one record in quarantine
 * - `repeats`: all records are processed; some made no row of their own: they repeat another record, are older or newer than
 *   another one with the same id, have no value, or belong to an erased client. Markers of transactions are among them.
 * - `elsewhere`: the mart has more than the topic, for example by a backfill or from an earlier topic
 */
export const VERDICTS = ['unknown', 'skipped', 'running', 'complete', 'repeats', 'elsewhere'] as const;
export type Verdict = (typeof VERDICTS)[number];

export interface Accounts {
  readonly verdict: Verdict;
  /** Offsets of the topic. */
  readonly records: number | null;
  /** Lines of all files that Kafka has acknowledged, also those sent to an earlier topic of this name. */
  readonly lines: number | null;
  /** Not processed yet. */
  readonly waiting: number | null;
  readonly stored: number | null;
  readonly quarantined: number | null;
  readonly skipped: number | null;
  /** Records that are neither; null unless the verdict is `complete`, `repeats` or `elsewhere` (negative then). */
  readonly others: number | null;
}

/** One component's counts, and when it was asked and had answered, in ms. */
export interface Topic {
  readonly records: number;
  readonly consumed: number;
  readonly waiting: number;
  readonly answeredAt: number;
}

export interface MartCounts {
  readonly stored: number;
  readonly quarantined: number;
  readonly skipped: number;
  readonly askedAt: number;
  readonly answeredAt: number;
}

/**
 * Compares the topic with the mart. Their counts come from different moments, so they are compared only while nothing moves: the
 * topic had the same counts, with nothing waiting, before the mart was asked and after it answered.
 */
export class Accountant {
  private topic: Topic | undefined;
  /** The first answer with the current counts of the topic, if nothing waits. */
  private quietSince: number | undefined;
  private asked: MartCounts | undefined;
  private confirmed: MartCounts | undefined;

  observe(topic: Topic | undefined, mart: MartCounts | undefined, lines: number | null): Accounts {
    if (topic !== undefined) this.observeTopic(topic);
    if (mart !== undefined) this.observeMart(mart);
    if (topic === undefined || mart === undefined) this.confirmed = this.asked = this.quietSince = undefined;
    else if (this.asked && this.quietSince !== undefined && topic.answeredAt > this.asked.answeredAt) {
      this.confirmed = this.asked;
    }
    const counts = {
      records: topic?.records ?? null,
      lines,
      waiting: topic?.waiting ?? null,
      stored: mart?.stored ?? null,
      quarantined: mart?.quarantined ?? null,
      skipped: mart?.skipped ?? null,
    };
    return { ...this.judge(topic, mart), ...counts };
  }

  private observeTopic(topic: Topic): void {
    const last = this.topic;
    this.topic = topic;
    const isSame =
      last?.records === topic.records && last.consumed === topic.consumed && last.waiting === topic.waiting;
    if (isSame && this.quietSince !== undefined) return;
    this.quietSince = topic.waiting === 0 ? topic.answeredAt : undefined;
    this.asked = this.confirmed = undefined;
  }

  private observeMart(mart: MartCounts): void {
    const isSame =
      this.asked?.stored === mart.stored &&
      this.asked.quarantined === mart.quarantined &&
      this.asked.skipped === mart.skipped;
    if (isSame || this.quietSince === undefined || mart.askedAt < this.quietSince) return;
    this.asked = mart;
    this.confirmed = undefined;
  }

  private judge(topic: Topic | undefined, mart: MartCounts | undefined): Pick<Accounts, 'verdict' | 'others'> {
    if (topic === undefined || mart === undefined) return { verdict: 'unknown', others: null };
    if (mart.skipped > 0) return { verdict: 'skipped', others: null };
    if (this.confirmed === undefined) return { verdict: 'running', others: null };
    const others = topic.records - this.confirmed.stored - this.confirmed.quarantined;
    return { verdict: others === 0 ? 'complete' : others > 0 ? 'repeats' : 'elsewhere', others };
  }
}

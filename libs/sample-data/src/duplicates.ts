import { formatMessage, type Message } from './message.js';
import { OPENED } from './outcomes.js';
import { type Prng } from './prng.js';

/** A repeated row is at most this many messages away from the other one, which bounds the memory. */
const WINDOW = 10_000;
const NEAR = 20;
const NEAR_SHARE = 0.5;
const EXACT_SHARE = 0.35;
/** Share of the repeated messages that appear more than twice. */
const ONE_MORE_SHARE = 0.15;

/**
 * Repeats messages: identical rows, and older versions with a smaller updated_at and other events, each before or after
 * the newest one. Two different rows of one id never have the same updated_at.
 */
export class Duplicates {
  private readonly due: (string[] | undefined)[] = [];
  private copiesLeft: number;

  /**
   * @param messages number of messages in the file, each counted once
   * @param repeatable how many of them may be repeated
   * @param copies how many rows to add
   */
  constructor(
    private readonly messages: number,
    private repeatable: number,
    copies: number,
    private readonly prng: Prng,
  ) {
    this.copiesLeft = copies;
  }

  /**
   * The row to write for a message now; `takeDue` returns its other rows later. Call this once for every message that may be
   * repeated.
   *
   * @param position of the message among all messages of the file, from 0
   */
  take(message: Message, position: number): string {
    const newest = formatMessage(message);
    const copies = this.copiesOfNext();
    if (copies === 0) return newest;

    const lines = [newest];
    for (let copy = 1; copy <= copies; copy++) {
      lines.push(
        this.prng.chance(EXACT_SHARE) ? newest : formatMessage(olderVersion(message, copy / (copies + 1), this.prng)),
      );
    }
    const [first, ...later] = this.prng.shuffle(lines);
    for (const line of later) this.schedule(line, position);
    return first!;
  }

  /** The repeated rows that follow the message at a position. */
  takeDue(position: number): readonly string[] {
    const slot = position % WINDOW;
    const lines = this.due[slot];
    this.due[slot] = undefined;
    return lines ?? NONE;
  }

  /** Spreads the copies evenly; the last message gets the rest, so the number is exact. */
  private copiesOfNext(): number {
    const expected = this.copiesLeft / this.repeatable--;
    if (expected === 0) return 0;
    let copies = Math.floor(expected);
    if (this.prng.chance(expected - copies)) copies++;
    if (copies > 0 && copies < this.copiesLeft && this.prng.chance(ONE_MORE_SHARE)) copies++;
    this.copiesLeft -= copies;
    return copies;
  }

  private schedule(line: string, position: number): void {
    const farthest = Math.min(WINDOW - 1, this.messages - 1 - position);
    const reach = this.prng.chance(NEAR_SHARE) ? Math.min(NEAR, farthest) : farthest;
    const slot = (position + this.prng.below(reach + 1)) % WINDOW;
    (this.due[slot] ??= []).push(line);
  }
}

const NONE: readonly string[] = [];

/**
 * An older version of the message, without some of its events. If it has none, the older version has an open that the newest
 * one lacks: this exposes a mart that keeps the wrong version.
 *
 * @param age between 0 and 1, different for each version
 */
function olderVersion(message: Message, age: number, prng: Prng): Message {
  const { createdMicros, updatedMicros, events } = message;
  const older = { ...message, updatedMicros: createdMicros + Math.floor((updatedMicros - createdMicros) * age) };
  older.events = events === 0 || prng.chance(0.3) ? events ^ OPENED : 0;
  if (older.events & OPENED && !(events & OPENED)) {
    const sentAt = message.sentAt < 0 ? Math.floor(createdMicros / 1_000_000) : message.sentAt;
    older.openedFirst = sentAt + prng.below(600);
    older.openedLast = older.openedFirst;
  }
  return older;
}

import { type Channel, type Measures } from './model.js';
import { type Prng } from './prng.js';

/** The events of a message, one bit for each flag column, in the order of the columns. */
export const OPENED = 1;
export const CLICKED = 2;
export const UNSUBSCRIBED = 4;
export const HARD_BOUNCED = 8;
export const SOFT_BOUNCED = 16;
export const COMPLAINED = 32;
export const BLOCKED = 64;
export const PURCHASED = 128;

/** Messages fall into five classes; purchases and unsubscribes are distributed among them by these shares. */
const IGNORED_CLASS = 0;
const CLICKED_UNOPENED_CLASS = 1;
const OPENED_CLASS = 2;
const OPENED_AND_CLICKED_CLASS = 3;
const BOUNCED_CLASS = 4;
const CLASS_EVENTS = [0, CLICKED, OPENED, OPENED | CLICKED, 0];
const PURCHASE_SHARES = [0.08, 0.02, 0.25, 0.65, 0];
const MAIL_UNSUBSCRIBE_SHARES = [0.1, 0, 0.5, 0.4, 0];
/** Clients unsubscribe from push messages without opening them. */
const PUSH_UNSUBSCRIBE_SHARES = [0.88, 0, 0.11, 0.01, 0];

const CLICKED_UNOPENED_SHARE = 0.015;
/** In the full file: hard bounces 0.70 %, soft 0.23 %. */
const HARD_SHARE_OF_BOUNCES = 0.75;
/** In the full file: complaints 0.02 %, nearly all among the sixth that is opened; blocked 0.013 %. */
const COMPLAINTS_PER_OPENED = 0.0012;
const BLOCKED_PER_IGNORED = 0.00016;

/**
 * Draws the events of one cell's messages. If `exact`, it draws without replacement: after `sent` draws every count is
 * used up. Otherwise the measures are rates.
 */
export class Outcomes {
  private readonly rows: number[];
  private readonly purchases: number[];
  private readonly unsubscribes: number[];

  private constructor(
    { sent, opens, clicks, unsubscribes, bounces, purchases }: Measures,
    channel: Channel,
    private readonly taken: 0 | 1,
    round: (value: number) => number,
  ) {
    const unopened = sent - bounces - opens;
    const clickedUnopened = Math.max(
      clicks - opens,
      Math.min(unopened, clicks, round(clicks * CLICKED_UNOPENED_SHARE)),
    );
    const clickedOpened = clicks - clickedUnopened;
    this.rows = [unopened - clickedUnopened, clickedUnopened, opens - clickedOpened, clickedOpened, bounces];
    this.purchases = spread(purchases, this.rows, PURCHASE_SHARES, round);
    const shares = channel === 'mobile_push' ? PUSH_UNSUBSCRIBE_SHARES : MAIL_UNSUBSCRIBE_SHARES;
    this.unsubscribes = spread(unsubscribes, this.rows, shares, round);
  }

  /** @param measures counts; no measure may exceed the messages that did not bounce */
  static exact(measures: Measures, channel: Channel, prng: Prng): Outcomes {
    return new Outcomes(measures, channel, 1, (value) => Math.floor(value + prng.float()));
  }

  /** @param measures counts of any size; only their ratios matter */
  static rates(measures: Measures, channel: Channel): Outcomes {
    return new Outcomes(measures, channel, 0, (value) => value);
  }

  /** The events of the next message, as bits. */
  draw(prng: Prng): number {
    const { rows, purchases, unsubscribes } = this;
    let rest = prng.float() * (rows[0]! + rows[1]! + rows[2]! + rows[3]! + rows[4]!);
    let chosen = 0;
    while (chosen < BOUNCED_CLASS && rest >= rows[chosen]!) rest -= rows[chosen++]!;
    // Rounding can select a class that has nothing left.
    while (rows[chosen]! === 0 && chosen > 0) chosen--;

    let events = CLASS_EVENTS[chosen]!;
    const left = rows[chosen]!;
    if (prng.float() * left < purchases[chosen]!) {
      events |= PURCHASED;
      purchases[chosen]! -= this.taken;
    }
    if (prng.float() * left < unsubscribes[chosen]!) {
      events |= UNSUBSCRIBED;
      unsubscribes[chosen]! -= this.taken;
    }
    rows[chosen]! -= this.taken;

    switch (chosen) {
      case BOUNCED_CLASS:
        return events | (prng.chance(HARD_SHARE_OF_BOUNCES) ? HARD_BOUNCED : SOFT_BOUNCED);
      case IGNORED_CLASS:
        return prng.chance(BLOCKED_PER_IGNORED) ? events | BLOCKED : events;
      case OPENED_CLASS:
      case OPENED_AND_CLICKED_CLASS:
        return prng.chance(COMPLAINTS_PER_OPENED) ? events | COMPLAINED : events;
      case CLICKED_UNOPENED_CLASS:
      default:
        return events;
    }
  }
}

/** Gives each class its share of `total`, up to the rows it has, and the rest to classes with room. */
function spread(total: number, rows: number[], shares: number[], round: (value: number) => number): number[] {
  let left = total;
  const given = rows.map((room, index) => {
    const share = Math.min(left, room, round(total * shares[index]!));
    left -= share;
    return share;
  });
  for (let index = OPENED_AND_CLICKED_CLASS; index >= 0 && left > 0; index--) {
    const share = Math.min(left, rows[index]! - given[index]!);
    given[index]! += share;
    left -= share;
  }
  return given;
}

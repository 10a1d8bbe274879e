import { DAY_SECONDS } from './clock.js';
import { clientId, clientSuffix, emailProvider, type Clients } from './clients.js';
import { type MessageIds } from './message-id.js';
import { type Message } from './message.js';
import { type Cell, type Plan } from './model.js';
import { CLICKED, OPENED } from './outcomes.js';
import { type Prng } from './prng.js';
import {
  AGAIN_DELAY,
  BOUNCE_DELAY,
  CLICK_AFTER_OPEN,
  FIRST_ID,
  HUMAN_DELAY,
  LOAD_END_MICROS,
  LOAD_START_MICROS,
  ONCE_SHARE,
  OPENED_BEFORE_SENT_SHARE,
  PLATFORM_IF_CLICKED,
  PLATFORM_IF_ONLY_OPENED,
  PROMPT_DELAY,
  PROMPT_MAIL_OPENS,
  PURCHASE_DELAY,
  PUSH_OPEN_DELAY,
  SENDING_HOURS,
  UNSENT_SHARE,
} from './profile.js';
import { sample } from './quantiles.js';

const HOUR = 3600;
/** Events occur up to this many days after the last day of sending. Later ones were not known when the real file was made. */
const DAYS_AFTER_LAST = 3;
/** Most rows are updated some milliseconds after their creation, some opened ones hours later. */
const UPDATED_LATER_SHARE = 0.3;
const MAX_MILLISECONDS_LATER = 3.5 * HOUR * 1000;

/** Builds the rows of a file in load order. */
export class MessageBuilder {
  /** The newest row. This one object is overwritten for every row. */
  readonly message: Message = {
    id: FIRST_ID,
    messageId: '',
    campaignId: 0,
    type: '',
    clientId: '',
    channel: '',
    platform: '',
    emailProvider: '',
    stream: '',
    sentAt: 0,
    events: 0,
    openedFirst: 0,
    openedLast: 0,
    clickedFirst: 0,
    clickedLast: 0,
    unsubscribed: 0,
    bounced: 0,
    complained: 0,
    blocked: 0,
    purchased: 0,
    createdMicros: 0,
    updatedMicros: 0,
  };
  private nextId = FIRST_ID;
  private readonly createdStep: number;
  private readonly lastSecond: number;

  constructor(
    private readonly plan: Plan,
    rows: number,
    private readonly clients: Clients,
    private readonly ids: MessageIds,
    private readonly prng: Prng,
  ) {
    this.createdStep = (LOAD_END_MICROS - LOAD_START_MICROS) / rows;
    this.lastSecond = (plan.lastDay + 1 + DAYS_AFTER_LAST) * DAY_SECONDS - 1;
  }

  /** @param row position in load order, from 0 */
  next(cell: Cell, row: number): Message {
    const { message, prng } = this;
    const client = this.clients.pick(prng);

    message.id = this.nextId;
    this.nextId += prng.chance(0.05) ? prng.between(2, 9) : 1;
    message.campaignId = cell.campaign.id;
    message.type = cell.campaign.type;
    message.clientId = clientId(clientSuffix(client));
    message.channel = cell.channel;
    message.emailProvider = cell.channel === 'email' ? emailProvider(client) : '';
    message.sentAt = this.sentAt(cell);
    message.events = cell.outcomes.draw(prng);
    this.setEventTimes(message.sentAt < 0 ? cell.day * DAY_SECONDS : message.sentAt);
    this.setPlatformAndStream();
    message.messageId = this.ids.next(message, row, prng);
    this.setRowTimes(row);
    return message;
  }

  private sentAt({ campaign, day }: Cell): number {
    const { prng } = this;
    if (!this.plan.everyRowIsSent && prng.chance(UNSENT_SHARE)) return -1;
    const second =
      campaign.type === 'bulk'
        ? campaign.startSecond + prng.float() * campaign.durationSeconds
        : sample(SENDING_HOURS, prng) * HOUR;
    return day * DAY_SECONDS + Math.min(Math.floor(second), DAY_SECONDS - 1);
  }

  private setEventTimes(sentAt: number): void {
    const { message, prng } = this;
    const { events } = message;
    // Most rows have no events.
    if (events === 0) return;

    if (events & OPENED) {
      message.openedFirst = this.known(sentAt + this.openDelay());
      message.openedLast = this.again(message.openedFirst);
    }
    if (events & CLICKED) {
      const from = events & OPENED ? message.openedFirst : sentAt + this.delay(HUMAN_DELAY);
      message.clickedFirst = this.known(from + this.delay(CLICK_AFTER_OPEN));
      message.clickedLast = this.again(message.clickedFirst);
    }
    message.unsubscribed = this.known(sentAt + this.delay(HUMAN_DELAY));
    message.bounced = this.known(sentAt + this.delay(BOUNCE_DELAY));
    message.blocked = message.bounced;
    message.complained = this.known(message.openedFirst + prng.between(5, 600));
    message.purchased = this.known(sentAt + this.delay(PURCHASE_DELAY));
  }

  private openDelay(): number {
    const { message, prng } = this;
    if (prng.chance(OPENED_BEFORE_SENT_SHARE)) return -prng.between(1, 5);
    if (message.channel !== 'email') return this.delay(PUSH_OPEN_DELAY);
    // A mail program that loads pictures automatically "opens" at once and does not click.
    const prompt = !(message.events & CLICKED) && prng.chance(PROMPT_MAIL_OPENS);
    return this.delay(prompt ? PROMPT_DELAY : HUMAN_DELAY);
  }

  private delay(quantiles: readonly number[]): number {
    return Math.floor(sample(quantiles, this.prng));
  }

  private again(first: number): number {
    return this.prng.chance(ONCE_SHARE) ? first : this.known(first + this.delay(AGAIN_DELAY));
  }

  private known(second: number): number {
    return Math.min(second, this.lastSecond);
  }

  private setPlatformAndStream(): void {
    const { message, prng } = this;
    const { channel, events } = message;
    const mobile = channel === 'mobile_push';
    message.platform = '';
    message.stream = 'desktop';
    if (mobile) {
      const position = prng.float();
      if (position < 0.4) message.stream = position < 0.33 ? 'android' : 'ios';
    }
    if (!(events & OPENED)) return;
    if (!prng.chance(events & CLICKED ? PLATFORM_IF_CLICKED : PLATFORM_IF_ONLY_OPENED)) return;
    const position = prng.float();
    if (mobile) {
      message.platform = position < 0.84 ? 'android' : position < 0.98 ? 'smartphone' : 'tablet';
    } else {
      message.platform =
        position < 0.47 ? 'desktop' : position < 0.94 ? 'smartphone' : position < 0.97 ? 'phablet' : 'tablet';
    }
  }

  /** created_at rises from row to row; within a step it varies by up to nine tenths of the step. */
  private setRowTimes(row: number): void {
    const { message, prng } = this;
    message.createdMicros = LOAD_START_MICROS + Math.floor((row + prng.float() * 0.9) * this.createdStep);
    const later = message.events !== 0 && prng.chance(UPDATED_LATER_SHARE);
    message.updatedMicros =
      message.createdMicros + prng.between(400, 9000) + (later ? prng.between(1000, MAX_MILLISECONDS_LATER) * 1000 : 0);
  }
}

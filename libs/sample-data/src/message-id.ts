import { type Prng } from './prng.js';
import { type Message } from './message.js';
import { DAY_SECONDS } from './clock.js';

/** Up to about this row the real file has UUIDs, later names made of client, campaign and a hexadecimal time. */
const UUID_ERA_END = Date.UTC(2021, 10, 1) / 1000;
const UUID_SHARE_BEFORE = 0.85;
const UUID_SHARE_AFTER = 0.03;

/** PHP's uniqid: eight hexadecimal digits of seconds, five of microseconds. */
const MICROS = 1_000_000;

/**
 * Gives each message a unique name in one of the data set's forms: a UUID, `client-hex13`, `client-campaign-hex13`,
 * `client-campaign-em-hex8` and `client-campaign-mp-hex8`.
 */
export class MessageIds {
  private readonly firstSecond: number;
  private readonly step: number;

  constructor(rows: number, firstDay: number, lastDay: number) {
    this.firstSecond = firstDay * DAY_SECONDS;
    const seconds = (lastDay + 1 - firstDay) * DAY_SECONDS;
    // The hexadecimal second rises with every row, as if the rows were sent at an even rate, which makes it unique. In a file
    // with more rows than seconds it continues past the last day.
    this.step = Math.max(1, Math.floor(seconds / rows));
  }

  /** @param row position of the message in the file, unique to it */
  next(message: Message, row: number, prng: Prng): string {
    const early = message.sentAt < UUID_ERA_END;
    if (prng.chance(early ? UUID_SHARE_BEFORE : UUID_SHARE_AFTER)) return uuid(prng);

    const second = (this.firstSecond + row * this.step).toString(16).padStart(8, '0');
    switch (message.type) {
      case 'bulk':
        return `${message.clientId}-${message.campaignId}-${second}${micros(prng)}`;
      case 'trigger':
        return `${message.clientId}-${second}${micros(prng)}`;
      default:
        return `${message.clientId}-${message.campaignId}-${message.channel === 'email' ? 'em' : 'mp'}-${second}`;
    }
  }
}

function micros(prng: Prng): string {
  return prng.below(MICROS).toString(16).padStart(5, '0');
}

/** A UUID, version 4. */
function uuid(prng: Prng): string {
  const tail = hex8(prng.uint32());
  const middle = hex8(prng.uint32());
  const variant = '89ab'[prng.below(4)]!;
  return (
    `${hex8(prng.uint32())}-${middle.slice(0, 4)}-4${middle.slice(4, 7)}-` +
    `${variant}${tail.slice(0, 3)}-${tail.slice(3)}${hex8(prng.uint32()).slice(1)}`
  );
}

function hex8(value: number): string {
  return value.toString(16).padStart(8, '0');
}

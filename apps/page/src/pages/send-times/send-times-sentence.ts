import { percent } from '../../format/number.js';
import { wholeOf, type Over, type Proportion, type RateDefinition } from '../../rates/rates.js';
import { wilson } from '../../rates/wilson.js';

export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;

/** Hours with fewer messages are not compared. */
export const ENOUGH = 100;

/**
 * The week has 168 hours, so at 95 % about eight would differ from the average by chance. This interval is so wide that one of
 * them does with a probability of 5 % (0.05 / 168 for each).
 */
const Z_OF_168_HOURS = 3.62;

/** An hour of the week. */
export interface Hour extends Proportion {
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
  readonly hour: number;
}

export interface Comparison {
  readonly hours: number;
  readonly enough: readonly Hour[];
  readonly average: number | null;
  /** Above the average by more than chance, highest first. */
  readonly above: readonly Hour[];
  /** Below it, lowest first. */
  readonly below: readonly Hour[];
}

/** Which hours differ from the average of all hours by more than chance. */
export function compareHours(hours: readonly Hour[]): Comparison {
  const total = hours.reduce((sum, { whole }) => sum + whole, 0);
  const average = total === 0 ? null : hours.reduce((sum, { count }) => sum + count, 0) / total;
  const enough = hours.filter(({ whole, value }) => whole >= ENOUGH && value !== null);
  const bounds = new Map(enough.map((hour) => [hour, wilson(hour.count, hour.whole, Z_OF_168_HOURS)]));
  const rank = (a: Hour, b: Hour) => b.value! - a.value! || b.whole - a.whole;
  return {
    ...{ hours: hours.length, enough, average },
    above: enough.filter((hour) => average !== null && bounds.get(hour)!.low > average).sort(rank),
    below: enough.filter((hour) => average !== null && bounds.get(hour)!.high < average).sort((a, b) => rank(b, a)),
  };
}

export function hourName({ weekday, hour }: { readonly weekday: number; readonly hour: number }): string {
  return `${WEEKDAYS[weekday - 1] ?? '—'} ${String(hour).padStart(2, '0')}:00`;
}

/** The best and the worst hour, as far as the figures allow to name them. */
export function sendTimesSentence(
  { hours, enough, average, above, below }: Comparison,
  group: string,
  rate: RateDefinition,
  over: Over,
  locale?: string,
): string {
  const whole = wholeOf(rate, over);
  const name = rate.label.toLowerCase();
  if (hours === 0) return `No ${group} message has a time of sending.`;
  if (average === null) return `None of the ${group} messages was ${whole}, so there is no ${name}.`;
  const usual = `${percent(average, locale)} of ${whole}`;
  if (enough.length < 2) {
    return `Too few ${group} messages to compare hours: the ${name} is ${usual} over the whole week.`;
  }
  const say = (hour: Hour) => `${hourName(hour)} UTC (${percent(hour.value, locale)})`;
  const [highest, lowest] = [above[0], below[0]];
  if (highest === undefined && lowest === undefined) {
    return `No hour of the week stands out for ${group}: the ${name} is ${usual}, and the differences may be chance.`;
  }
  const named = [
    highest && `${say(highest)} has the highest ${name} of ${group}`,
    lowest && (highest ? `${say(lowest)} the lowest` : `${say(lowest)} has the lowest ${name} of ${group}`),
  ].filter((each) => each !== undefined);
  return `Among the hours that differ by more than chance, ${named.join(' and ')}; the average is ${usual}.`;
}

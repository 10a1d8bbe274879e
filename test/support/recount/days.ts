import type { Message, Recount } from './mart-data.js';

const DAY_MS = 86_400_000;

export type Dated = Message & { readonly date: string };

export const isDated = (message: Message): message is Dated => message.date !== null;

export const dayNumber = (date: string): number => Date.parse(date) / DAY_MS;

interface Span {
  readonly first: number;
  readonly last: number;
}

/** Recounts ask for the same span thousands of times. */
const spans = new WeakMap<readonly Message[], Span | undefined>();

/** Days of the robust ends of the data, as numbers; undefined without dated messages. Does not look for days in the future. */
export function dataSpan(messages: readonly Message[]): Span | undefined {
  if (!spans.has(messages)) spans.set(messages, spanOf(messages));
  return spans.get(messages);
}

function spanOf(messages: readonly Message[]): Span | undefined {
  const days = messages
    .filter(isDated)
    .map(({ date }) => dayNumber(date))
    .sort((a, b) => a - b);
  if (days.length === 0) return undefined;
  // The end is the day of the message behind which too few others lie, counted from either side.
  const enough = Math.min(days.length * 0.005, (days.length / new Set(days).size) * 0.5);
  const strays = Math.max(Math.ceil(enough) - 1, 0);
  return { first: days[strays]!, last: days[days.length - 1 - strays]! };
}

/** Whether the data ends less than so many days after this day. */
export function isRightCensored(date: string, messages: readonly Message[], days = 7): boolean {
  return dayNumber(date) > dataSpan(messages)!.last - days;
}

/** Whether at least 99 % of the dated items were sent so many days before the end of all messages. */
export function isMature(items: readonly Message[], messages: readonly Message[], days: number): boolean | null {
  const dated = items.filter(isDated);
  if (dated.length === 0) return null;
  const { last } = dataSpan(messages)!;
  return dated.filter(({ date }) => dayNumber(date) <= last - days).length >= 0.99 * dated.length;
}

export const dataSpanRows: Recount = ({ messages }) => {
  const span = dataSpan(messages);
  return span === undefined ? [] : [{ first_date: dayOf(span.first), last_date: dayOf(span.last) }];
};

/** The day with this number, as YYYY-MM-DD. */
export const dayOf = (day: number) => new Date(day * DAY_MS).toISOString().slice(0, 10);

import type { Period } from '../../components/period-buttons.js';
import { count, percent } from '../../format/number.js';
import { addDays, day as dayName } from '../../format/time.js';
import type { DayRate, DayRow } from './day-rates.js';

export interface Span {
  readonly first_date: string | null;
  readonly last_date: string | null;
}

/** How many messages the newest day had, and the rate of the newest seven days that are complete. */
export function daysSentence(
  days: readonly DayRow[],
  rate: DayRate,
  span: Span,
  messages: string,
  locale?: string,
): string {
  const newest = days.at(-1);
  if (newest === undefined) return `No ${messages} were sent on these days.`;
  const complete = days.findLast((day) => !rate.isArriving(day));
  const isEnd = newest.date === span.last_date;
  const volume = `${count(newest.sent, locale)} ${messages} were sent on ${dayName(newest.date, locale)}${isEnd ? ', the newest day' : ''}.`;
  if (complete === undefined) return `${volume} ${rate.label} of all these days: events are still arriving.`;
  const value = complete[rate.week];
  if (value === null)
    return `${volume} No message of the seven days to ${dayName(complete.date, locale)} was ${rate.over}.`;
  const base = rate.over === 'delivered' ? 'delivered messages' : 'messages';
  return `${volume} In the seven days to ${dayName(complete.date, locale)}, ${percent(value, locale)} of the ${base} ${rate.done}.`;
}

/** The messages that the filters choose, in words. */
export function messagesOf({ channel, type, topic }: Readonly<Record<string, string | undefined>>): string {
  const parts = [
    type?.replaceAll('_', ' '),
    channel?.replaceAll('_', ' '),
    'messages',
    topic === undefined ? undefined : topic === '' ? 'without a topic' : `about “${topic}”`,
  ];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** Lines below the sentence: what is left out. */
export function daysDetails(days: readonly DayRow[], rate: DayRate, span: Span, locale?: string): string[] {
  const lines: string[] = [];
  const arriving = days.find(rate.isArriving);
  if (arriving !== undefined) {
    lines.push(
      `Events of messages sent since ${dayName(arriving.date, locale)} are still arriving: these days are hatched and in no mean.`,
    );
  }
  const { first_date: first, last_date: last } = span;
  if (first !== null && last !== null) {
    const strays = days.filter(({ date }) => date < first || date > last);
    const sent = strays.reduce((sum, day) => sum + day.sent, 0);
    if (sent > 0) {
      lines.push(
        `${count(sent, locale)} messages have a day outside the data, which reaches from ${dayName(first, locale)} to ${dayName(last, locale)}. ` +
          'Such stray days are in the table, not in the charts.',
      );
    }
  }
  return lines;
}

/** Days within the data; all if its ends are not known. */
export function withinSpan(days: readonly DayRow[], { first_date: first, last_date: last }: Span): DayRow[] {
  return days.filter(({ date }) => (first === null || date >= first) && (last === null || date <= last));
}

/** Number of days that are shown without filters. */
const USUAL_DAYS = 90;

/** Periods to choose at once. */
export function quickDays({ first_date: first, last_date: last }: Span): readonly Period[] {
  const newest = { label: `Last ${USUAL_DAYS} days`, from: undefined, to: undefined };
  if (first === null || last === null) return [newest];
  return [
    newest,
    { label: 'Last 28 days', from: addDays(last, -27), to: last },
    { label: 'All days', from: first, to: last },
  ];
}

/** The days to read: those of the filters, or the newest ones. */
export function daysToRead(query: { from?: string | undefined; to?: string | undefined }, { last_date: last }: Span) {
  if (query.from !== undefined || query.to !== undefined || last === null) return { from: query.from, to: query.to };
  return { from: addDays(last, 1 - USUAL_DAYS), to: last };
}

import type { Period } from '../../components/period-buttons.js';
import { addDays } from '../../format/time.js';

const DAY_MS = 86_400_000;
const at = (date: string) => new Date(`${date}T00:00:00Z`);

/** Number of days, both included. */
export function daysBetween(first: string, last: string): number {
  return Math.round((+at(last) - +at(first)) / DAY_MS) + 1;
}

/** 1 – 7 May 2021, in the locale's way; one day with its weekday. */
export function periodName(first: string, last: string, locale?: string): string {
  const date = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  if (first === last) return new Intl.DateTimeFormat(locale, { ...date, weekday: 'short' }).format(at(first));
  return new Intl.DateTimeFormat(locale, date).formatRange(at(first), at(last));
}

/** "the 7 days before", "the day before". */
export function beforeName(first: string, last: string): string {
  const days = daysBetween(first, last);
  return days === 1 ? 'the day before' : `the ${days} days before`;
}

interface Ends {
  readonly mature_until: string | null;
  readonly data_last_day: string | null;
}

/** Periods to choose at once, from the ends of the data. */
export function quickPeriods({ mature_until: complete, data_last_day: last }: Ends): readonly Period[] {
  const newest = { label: 'Newest complete 7 days', from: undefined, to: undefined };
  if (complete === null || last === null) return [newest];
  return [
    newest,
    { label: 'Complete 28 days', from: addDays(complete, -27), to: complete },
    { label: 'Last 7 days', from: addDays(last, -6), to: last },
    { label: 'Newest day', from: last, to: last },
  ];
}

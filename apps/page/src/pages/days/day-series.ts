import type { Bar } from '../../charts/bar-model.js';
import type { LinePoint, NamedTime } from '../../charts/line-model.js';
import { addDays } from '../../format/time.js';
import { count } from '../../format/number.js';
import type { DayRate, DayRow } from './day-rates.js';

/** The days in the order of time. */
export function byDate(rows: readonly DayRow[]): DayRow[] {
  return rows.toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

/** Messages by day; a day without a row had none. */
export function volumeBars(days: readonly DayRow[]): Bar[] {
  const first = days[0]?.date;
  const last = days.at(-1)?.date;
  if (first === undefined || last === undefined) return [];
  const sent = new Map(days.map((day) => [day.date, day.sent]));
  const bars: Bar[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) bars.push({ name: date, value: sent.get(date) ?? 0 });
  return bars;
}

/** The rate of each day with its interval. */
export function rateOfDays(days: readonly DayRow[], { column, over }: DayRate, locale?: string): LinePoint[] {
  return days.map((day) => ({
    at: day.date,
    value: day[column],
    low: day[`${column}_low`],
    high: day[`${column}_high`],
    detail: `${count(day[over], locale)} ${over}`,
  }));
}

/** The rate of the seven days up to each day, without weeks in which events are still arriving or that begin before the data. */
export function rateOfWeeks(days: readonly DayRow[], rate: DayRate, firstDay: string | null): LinePoint[] {
  return days.map((day) => {
    const isWhole = firstDay === null || addDays(day.date, -6) >= firstDay;
    return { at: day.date, value: isWhole && !rate.isArriving(day) ? day[rate.week] : null };
  });
}

/** The first day whose events are still arriving. */
export function arrivingFrom(days: readonly DayRow[], { isArriving }: DayRate): string | undefined {
  return days.find(isArriving)?.date;
}

export function holidaysOf(days: readonly DayRow[]): NamedTime[] {
  return days.flatMap(({ date, holiday, is_doubtful_holiday: isDoubtful }) =>
    holiday === null ? [] : [{ at: date, name: isDoubtful === true ? `${holiday} (doubtful date)` : holiday }],
  );
}

import type { TimeZone } from '../settings/time-zone.js';
import { timeOfDay } from '../format/time.js';
import type { TimeTicks } from './domains.js';

/** Writes the dates of an axis: the year stands below the first date and where it changes. Days are UTC. */
export function tickDates({ ticks, unit }: TimeTicks, zone: TimeZone, locale?: string): string[] {
  if (unit === 'second' || unit === 'minute') return ticks.map((at) => timeOfDay(at, zone, unit === 'second'));
  const options = unit === 'month' ? ({ month: 'short' } as const) : ({ day: 'numeric', month: 'short' } as const);
  const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  const yearFormat = new Intl.DateTimeFormat(locale, { year: 'numeric', timeZone: 'UTC' });
  let shown = '';
  return ticks.map((at) => {
    const year = yearFormat.format(at);
    const text = format.format(at);
    if (year === shown) return text;
    shown = year;
    return `${text}\n${year}`;
  });
}

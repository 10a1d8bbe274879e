import type { TimeZone } from '../settings/time-zone.js';
import { dateFormat } from './intl.js';

const zoneOf = (zone: TimeZone) => (zone === 'utc' ? 'UTC' : undefined);

/** 2026-03-01 14:31:08 UTC; in local time without the zone's name. */
export function dateTime(at: Date | string | number, zone: TimeZone): string {
  const text = dateFormat('sv-SE', {
    ...{ dateStyle: 'short', timeStyle: 'medium', timeZone: zoneOf(zone) },
  }).format(new Date(at));
  return zone === 'utc' ? `${text} UTC` : text;
}

/** 14:31:08. */
export function timeOfDay(at: Date | string | number, zone: TimeZone, withSeconds = true): string {
  const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zoneOf(zone) } as const;
  return dateFormat('en-GB', withSeconds ? { ...options, second: '2-digit' } : options).format(new Date(at));
}

/** "since 14:02:11", with the date unless it is today. */
export function since(at: Date | string | number, zone: TimeZone, now: number): string {
  const isToday = dateTime(at, zone).slice(0, 10) === dateTime(now, zone).slice(0, 10);
  return `since ${isToday ? timeOfDay(at, zone) : dateTime(at, zone)}`;
}

/** A day of figures, which is always UTC: Sat 30 Apr 2021, in the locale's order. */
export function day(date: string, locale?: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return dateFormat(locale, options).format(new Date(`${date}T00:00:00Z`));
}

/** Adds days to a day as YYYY-MM-DD. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

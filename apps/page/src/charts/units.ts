import { count, decimal, percent, perSecond, points } from '../format/number.js';
import { duration } from '../format/duration.js';
import type { Domain } from './domains.js';

/** What the numbers of a chart are. */
export type Unit = 'rate' | 'points' | 'count' | 'per-second' | 'seconds' | 'number';

/** A value as the page writes it elsewhere. */
export function valueText(value: number | null | undefined, unit: Unit, locale?: string): string {
  switch (unit) {
    case 'rate':
      return percent(value, locale);
    case 'points':
      return points(value, locale);
    case 'count':
      return count(value, locale);
    case 'per-second':
      return perSecond(value, locale);
    case 'seconds':
      return duration(value, locale);
    case 'number':
      return decimal(value, 3, locale);
  }
}

/** Writes the numbers of an axis: as short as their step allows, and all with the same digits. */
export function tickText({ step, from, to }: Domain, unit: Unit, locale?: string): (value: number) => string {
  const scaled = unit === 'rate' || unit === 'points' ? step * 100 : step;
  const digits = Math.min(6, Math.max(0, -Math.floor(Math.log10(scaled) + 1e-9)));
  const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  if (unit === 'seconds') return (value) => duration(value, locale);
  if (unit === 'rate') {
    const format = new Intl.NumberFormat(locale, { ...fixed, style: 'percent' });
    return (value) => format.format(value);
  }
  if (unit === 'points') {
    const format = new Intl.NumberFormat(locale, { ...fixed, signDisplay: 'exceptZero' });
    return (value) => format.format(value * 100);
  }
  const isLong = Math.max(Math.abs(from), Math.abs(to)) >= 10_000;
  const short = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  const format = new Intl.NumberFormat(locale, isLong ? short : fixed);
  const end = unit === 'per-second' ? '/s' : '';
  return (value) => format.format(value) + end;
}

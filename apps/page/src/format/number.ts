import { numberFormat } from './intl.js';

const NOTHING = '—';

/** A division by zero has no value that could be shown. */
function isKnown(value: number | null | undefined): value is number {
  return value !== null && value !== undefined && Number.isFinite(value);
}

/** Up to seven digits in full, then 12.3 M; use `fullCount` for the title. */
export function count(value: number | null | undefined, locale?: string): string {
  if (!isKnown(value)) return NOTHING;
  if (Math.abs(value) < 10_000_000) return fullCount(value, locale);
  const options = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  return numberFormat(locale, options).format(value);
}

/** All digits, with the locale's separators. */
export function fullCount(value: number | null | undefined, locale?: string): string {
  return !isKnown(value) ? NOTHING : numberFormat(locale).format(value);
}

/** A rate in per cent with three significant digits: 17.3 %, 0.152 %. A zero is "0 %", and only all of something is "100 %". */
export function percent(rate: number | null | undefined, locale?: string): string {
  if (!isKnown(rate)) return NOTHING;
  const roundingMode = rate < 1 && rate >= 0.9995 ? 'trunc' : 'halfExpand';
  const options = { style: 'percent', minimumSignificantDigits: 3, maximumSignificantDigits: 3, roundingMode } as const;
  return numberFormat(locale, rate === 0 ? { style: 'percent' } : options).format(rate);
}

/** A difference of rates in percentage points: "+1.20 points". */
export function points(difference: number | null | undefined, locale?: string): string {
  if (!isKnown(difference)) return NOTHING;
  const options = { signDisplay: 'exceptZero', maximumSignificantDigits: 3 } as const;
  return `${numberFormat(locale, options).format(difference * 100)} points`;
}

/** Per second: 12,400/s, 3.2/s. */
export function perSecond(rate: number | null | undefined, locale?: string): string {
  if (!isKnown(rate)) return NOTHING;
  const digits = Math.abs(rate) < 100 && !Number.isInteger(rate) ? 1 : 0;
  return `${numberFormat(locale, { maximumFractionDigits: digits }).format(rate)}/s`;
}

/** Other numbers, with at most this many significant digits. */
export function decimal(value: number | null | undefined, digits = 3, locale?: string): string {
  if (!isKnown(value)) return NOTHING;
  return numberFormat(locale, { maximumSignificantDigits: digits }).format(value);
}

/** 25.2 MB. */
export function bytes(value: number | null | undefined, locale?: string): string {
  if (!isKnown(value)) return NOTHING;
  const units = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
  // Browsers spell the smallest unit out: "486 byte".
  if (value < 1000) return `${numberFormat(locale).format(value)} B`;
  const power = Math.min(units.length, Math.floor(Math.log10(value) / 3));
  const options = {
    style: 'unit',
    unit: units[power - 1]!,
    unitDisplay: 'short',
    maximumSignificantDigits: 3,
  } as const;
  return numberFormat(locale, options).format(value / 1000 ** power);
}

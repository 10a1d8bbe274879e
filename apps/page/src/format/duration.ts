import { numberFormat } from './intl.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 120 ms, 0.4 s, 12 s, 1 min 12 s, 3 h 05 min, 2 d 4 h. Never negative. */
export function duration(seconds: number | null | undefined, locale?: string): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '—';
  const one = numberFormat(locale, { maximumFractionDigits: 1 });
  const two = numberFormat(locale, { minimumIntegerDigits: 2 });
  const value = Math.max(0, seconds);
  if (value > 0 && value < 0.1) return `${one.format(Math.max(1, Math.round(value * 1000)))} ms`;
  if (value < 9.95) return `${one.format(value)} s`;
  const whole = Math.round(value);
  const of = (unit: number) => one.format(Math.floor(whole / unit));
  if (whole < MINUTE) return `${one.format(whole)} s`;
  if (whole < HOUR) return `${of(MINUTE)} min ${two.format(whole % MINUTE)} s`;
  if (whole < DAY) return `${of(HOUR)} h ${two.format(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${of(DAY)} d ${one.format(Math.floor((whole % DAY) / HOUR))} h`;
}

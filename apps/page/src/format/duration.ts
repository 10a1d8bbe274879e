const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** 120 ms, 0.4 s, 12 s, 1 min 12 s, 3 h 05 min, 2 d 4 h. Never negative. */
export function duration(seconds: number | null | undefined, locale?: string): string {
  if (seconds === null || seconds === undefined) return '—';
  const value = Math.max(0, seconds);
  if (value > 0 && value < 0.1) return `${Math.max(1, Math.round(value * 1000))} ms`;
  if (value < 9.95) return `${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)} s`;
  const whole = Math.round(value);
  if (whole < MINUTE) return `${whole} s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min ${two(whole % MINUTE)} s`;
  if (whole < DAY) return `${Math.floor(whole / HOUR)} h ${two(Math.floor((whole % HOUR) / MINUTE))} min`;
  return `${Math.floor(whole / DAY)} d ${Math.floor((whole % DAY) / HOUR)} h`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

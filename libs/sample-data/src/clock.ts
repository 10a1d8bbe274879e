/** Times are whole seconds since 1970 (UTC), days are whole days since 1970; texts are the data set's own forms. */

export const DAY_SECONDS = 86_400;
const MICROS = 1_000_000;

const DAY_TEXTS = new Map<number, string>();
const HOURS = Array.from({ length: 24 }, (_, hour) => ` ${twoDigits(hour)}:`);
const MINUTES_AND_SECONDS = Array.from(
  { length: 3600 },
  (_, second) => `${twoDigits(Math.floor(second / 60))}:${twoDigits(second % 60)}`,
);

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`;
}

/** `YYYY-MM-DD` of a day. */
export function dayText(day: number): string {
  let text = DAY_TEXTS.get(day);
  if (text === undefined) {
    text = new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
    DAY_TEXTS.set(day, text);
  }
  return text;
}

/** The day of a text `YYYY-MM-DD`; undefined if it is not a valid day of the years 2000 to 2099. */
export function parseDay(text: string): number | undefined {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return undefined;
  const milliseconds = Date.parse(`${text}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  const day = milliseconds / 1000 / DAY_SECONDS;
  // Engines differ on 2021-02-30: some read it as March 2.
  return dayText(day) === text ? day : undefined;
}

/** `YYYY-MM-DD HH:MM:SS` of a second. */
export function timeText(second: number): string {
  const day = Math.floor(second / DAY_SECONDS);
  const rest = second - day * DAY_SECONDS;
  const hour = Math.floor(rest / 3600);
  return dayText(day) + HOURS[hour]! + MINUTES_AND_SECONDS[rest - hour * 3600]!;
}

/** `YYYY-MM-DD HH:MM:SS.ffffff` of a count of microseconds. */
export function microsText(micros: number): string {
  const second = Math.floor(micros / MICROS);
  return `${timeText(second)}.${(MICROS + micros - second * MICROS).toString().slice(1)}`;
}

/** Like `microsText`, in PostgreSQL's form: without trailing zeros of the fraction, and without the fraction if it is 0. */
export function trimmedMicrosText(micros: number): string {
  const text = microsText(micros);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  return text.slice(0, text.charCodeAt(end - 1) === 0x2e ? end - 1 : Math.max(end, 19));
}

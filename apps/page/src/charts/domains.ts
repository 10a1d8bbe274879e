/** Ends of an axis at round numbers, and the numbers written at it. */
export interface Domain {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly ticks: readonly number[];
}

export interface DomainOptions {
  /** The axis contains 0. Bars always begin there. */
  readonly fromZero: boolean;
  /** About how many numbers fit. */
  readonly tickCount?: number;
}

/** Values that are not finite are ignored. Without any value the axis is 0 to 1. */
export function domainOf(values: Iterable<number | null | undefined>, options: DomainOptions): Domain {
  let least = options.fromZero ? 0 : Infinity;
  let most = options.fromZero ? 0 : -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least > most) [least, most] = [0, 1];
  if (least === most) {
    const room = least === 0 ? 1 : Math.abs(least) / 10;
    if (least <= 0) most += room;
    if (!options.fromZero || least < 0) least -= least === 0 ? 0 : room;
    if (least === most) most += room;
  }
  const step = roundStep((most - least) / Math.max(1, options.tickCount ?? 5));
  const first = Math.floor(least / step + 1e-9);
  const last = Math.ceil(most / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => roundTo(step, first + index));
  return { from: ticks[0]!, to: ticks.at(-1)!, step, ticks };
}

/** The next of 1, 2 and 5 times a power of ten. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5].find((each) => step <= each * power * (1 + 1e-9)) ?? 10;
  return factor * power;
}

/** A multiple of the step, without the noise of binary fractions. */
function roundTo(step: number, times: number): number {
  return Number((step * times).toPrecision(12));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((each) => each * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * MINUTE),
  ...[1, 2, 3, 6, 12].map((each) => each * HOUR),
  ...[1, 2].map((each) => each * DAY),
];

const MONTHS = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

export interface TimeTicks {
  readonly ticks: readonly number[];
  readonly unit: 'second' | 'minute' | 'day' | 'month';
}

/** Round UTC times from one to the other, both included; at most `count` of them. Weeks begin on Monday. */
export function timeTicks(from: number, to: number, count: number, least = 0): TimeTicks {
  const fits = (step: number) => step >= least && (to - from) / step <= Math.max(1, count);
  const step = STEPS.find(fits);
  if (step !== undefined) {
    const unit = step < MINUTE ? 'second' : step < DAY ? 'minute' : 'day';
    return { ticks: multiples(from, to, step, 0), unit };
  }
  // 5 January 1970 was a Monday.
  const weeks = [7 * DAY, 14 * DAY].find(fits);
  if (weeks !== undefined) return { ticks: multiples(from, to, weeks, 4 * DAY), unit: 'day' };
  const months = MONTHS.find((each) => fits(each * 30.5 * DAY)) ?? MONTHS.at(-1)!;
  return { ticks: monthStarts(from, to, months), unit: 'month' };
}

function multiples(from: number, to: number, step: number, origin: number): number[] {
  const ticks: number[] = [];
  for (let at = origin + Math.ceil((from - origin) / step) * step; at <= to; at += step) ticks.push(at);
  return ticks;
}

function monthStarts(from: number, to: number, months: number): number[] {
  const start = new Date(from);
  const ticks: number[] = [];
  const first = Math.floor((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
  for (let month = first; ; month += months) {
    const at = new Date(0).setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    if (at > to || Number.isNaN(at)) return ticks;
    if (at >= from) ticks.push(at);
  }
}

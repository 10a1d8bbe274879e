import { FEW } from '../../components/few.js';
import { addDays } from '../../format/time.js';
import { columnOf, wholeOf, type Counted, type Over, type Proportion, type RateDefinition } from '../../rates/rates.js';
import { wilson, Z_95 } from '../../rates/wilson.js';

/** A day of a campaign on one channel. */
export type DayRow = Readonly<Record<'sent' | 'delivered' | Counted, number>> & {
  readonly date: string | null;
  readonly channel: string;
  readonly is_right_censored: boolean | null;
  readonly is_purchase_right_censored: boolean | null;
};

/** A rate of several rows together: their counts are added up, never their rates. */
export function shareOf(rows: readonly DayRow[], rate: RateDefinition, over: Over): Proportion {
  const sum = (column: 'sent' | 'delivered' | Counted) => rows.reduce((total, row) => total + row[column], 0);
  const count = sum(rate.numerator);
  const whole = sum(wholeOf(rate, over));
  if (whole === 0) return { count, whole, value: null, low: null, high: null };
  // Events without a delivery can make the numerator the greater one.
  return { count, whole, value: count / whole, ...wilson(Math.min(count, whole), whole, Z_95) };
}

export interface CampaignDay {
  readonly date: string;
  readonly rows: readonly DayRow[];
}

/** Days more are not drawn: a stray date would stretch the chart to years. */
const MOST_DAYS = 800;

/**
 * All days from the first to the last; days without messages have no rows.
 *
 * @param first leaves out earlier days, last later ones
 */
export function daysOf(rows: readonly DayRow[], first: string | null, last: string | null): CampaignDay[] {
  const byDate = new Map<string, DayRow[]>();
  for (const row of rows) {
    const { date } = row;
    if (date === null || (first !== null && date < first) || (last !== null && date > last)) continue;
    byDate.set(date, [...(byDate.get(date) ?? []), row]);
  }
  const dates = [...byDate.keys()].sort();
  const end = dates.at(-1);
  if (end === undefined) return [];
  const earliest = addDays(end, 1 - MOST_DAYS);
  const days: CampaignDay[] = [];
  for (let date = dates[0]! < earliest ? earliest : dates[0]!; date <= end; date = addDays(date, 1)) {
    days.push({ date, rows: byDate.get(date) ?? [] });
  }
  return days;
}

/** Days that a point of the rate stands for: seven if most days have too few messages for a rate. */
export function windowOf(days: readonly CampaignDay[], rate: RateDefinition, over: Over): 1 | 7 {
  const wholes = days.map(({ rows }) => shareOf(rows, rate, over).whole).sort((one, other) => one - other);
  return days.length > 7 && wholes[wholes.length >> 1]! < FEW ? 7 : 1;
}

/** The share of the messages of a channel in the days up to each day: `window` days, fewer at the start. */
export function sharesUpTo(
  days: readonly CampaignDay[],
  channel: string,
  window: number,
  rate: RateDefinition,
  over: Over,
): Proportion[] {
  return days.map((_, index) => {
    const rows = days.slice(Math.max(0, index + 1 - window), index + 1).flatMap((day) => day.rows);
    return shareOf(
      rows.filter((row) => row.channel === channel),
      rate,
      over,
    );
  });
}

/** The first of the last days whose events are still arriving. */
export function arrivingFrom(days: readonly CampaignDay[], { maturity }: RateDefinition): string | undefined {
  const column = maturity === 'is_mature' ? 'is_right_censored' : 'is_purchase_right_censored';
  return days.find(({ rows }) => rows.some((row) => row[column] === true))?.date;
}

/** Channels of the rows, those with the most messages first. */
export function channelsOf(rows: readonly DayRow[]): string[] {
  const sent = new Map<string, number>();
  for (const row of rows) sent.set(row.channel, (sent.get(row.channel) ?? 0) + row.sent);
  return [...sent].sort(([, one], [, other]) => other - one).map(([channel]) => channel);
}

/** Columns that a chart of a rate by day needs. */
export function dayColumns(rate: RateDefinition, over: Over): string[] {
  const counts = new Set(['sent', rate.numerator, wholeOf(rate, over)]);
  return ['date', 'channel', 'is_right_censored', 'is_purchase_right_censored', ...counts, columnOf(rate, over)];
}
